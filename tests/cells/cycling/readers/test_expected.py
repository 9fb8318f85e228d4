"""Every real cycling file gives the numbers that independent readers saw in it, or the sentence that refuses it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from cells.cycling.readers import READERS
from labdb.ingest.reader import FileHead, ReaderError, Reading
from tests import real_data
from tests.cells.cycling.readers.expectations import COMPANIONS, OURS, REFUSED, WARNED
from tests.cells.cycling.readers.test_promises import read

RELATIVE = 1e-3
FILES = [path for path in real_data.files("cycling") if path not in COMPANIONS | set(REFUSED)]
WITH_VALUES = [path for path in [*FILES, *WARNED] if real_data.expected().get(path, {}).get("values", {}).get("rows")]

pytestmark = real_data.needs_real_data


def per_cycle_mah(table: pl.DataFrame) -> dict[str, list[tuple[int, float]]]:
    """Per cycle the sum over steps of the capacity at the step's end, by the sign of the step's mean current."""
    steps = table.group_by("step_count", maintain_order=True).agg(
        pl.col("cycle_count").last(),
        pl.col("current_ampere").mean(),
        pl.col("step_cumulative_capacity_ah").last() * 1000,
    )
    found = {}
    for word, sign in (("charge", 1), ("discharge", -1)):
        cycles = (
            steps.filter(pl.col("current_ampere") * sign > 0)
            .group_by("cycle_count", maintain_order=True)
            .agg(pl.col("step_cumulative_capacity_ah").sum())
            .filter(pl.col("step_cumulative_capacity_ah") > 0)
        )
        found[word] = list(cycles.iter_rows())
    return found


def ours(reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    """Our numbers under the names of EXPECTED.json, in its units."""
    table = reading.table
    current_unit = 1000.0 if str(values.get("current_column", values.get("current_unit", ""))).count("mA") else 1.0
    numbers: dict[str, Any] = {
        "rows": table.height,
        "voltage_min_V": table["voltage_volt"].min(),
        "voltage_max_V": table["voltage_volt"].max(),
        "cycles": table["cycle_count"].n_unique(),
        "cycle_first": table["cycle_count"][0],
        "cycle_last": table["cycle_count"][-1],
        "steps": table["step_count"].n_unique(),
        "total_time_s": table["test_time_second"][-1],
        "time_last_s": table["test_time_second"][-1],
    }
    current = table["current_ampere"].to_numpy()
    for end, value in (("min", float(current.min())), ("max", float(current.max()))):
        numbers[f"current_{end}_A"] = value
        numbers[f"current_{end}_mA"] = value * 1000
        numbers[f"current_{end}"] = value * current_unit
    if "step_cumulative_capacity_ah" in table.columns:
        for word, cycles in per_cycle_mah(table).items():
            if cycles:
                numbers[f"first_cycle_{word}_mAh"] = cycles[0][1]
                numbers[f"last_cycle_{word}_mAh"] = cycles[-1][1]
                numbers[f"total_{word}_mAh"] = sum(capacity for _, capacity in cycles)
                numbers[f"first_cycle_with_{word}"] = cycles[0][0]
                numbers[f"last_cycle_with_{word}"] = cycles[-1][0]
            numbers[f"n_{word}"] = len(cycles)
    numbers["start_utc"] = reading.metadata.get("start_time_utc")
    numbers["start_local"] = numbers["start"] = reading.metadata.get("start_time_local")
    numbers["active_mass_mg"] = reading.metadata.get("active_mass_mg")
    return numbers


CHECKED = (
    *("rows", "voltage_min_V", "voltage_max_V", "current_min_A", "current_max_A", "current_min_mA", "current_max_mA"),
    *("current_min", "current_max", "cycles", "cycle_first", "cycle_last", "steps", "total_time_s", "time_last_s"),
    *(f"{end}_cycle_{word}_mAh" for word in ("charge", "discharge") for end in ("first", "last")),
    *("total_charge_mAh", "total_discharge_mAh", "n_charge", "n_discharge"),
    *("first_cycle_with_charge", "last_cycle_with_charge", "first_cycle_with_discharge", "last_cycle_with_discharge"),
    *("start_utc", "start_local", "start", "active_mass_mg"),
)


@pytest.mark.parametrize("relative", WITH_VALUES)
def test_a_file_gives_the_numbers_that_other_readers_saw(relative):
    values = dict(real_data.expected()[relative]["values"])
    if "active_mass_note" in values:  # a default of the instrument is no mass
        values["active_mass_mg"] = None
    found = ours(read(relative), values)
    wrong = []
    for key in CHECKED:
        if key not in values:
            continue
        known, reason = OURS.get(relative, {}).get(key, (values[key], ""))
        if reason and known is None:  # the value of that reader does not apply
            continue
        if not same(found.get(key), known):
            wrong.append(f"{key}: {found.get(key)!r}, expected {known!r}")
    assert not wrong, "\n".join(wrong)


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, str):
        if not isinstance(ours, str):
            return False
        difference = datetime.fromisoformat(ours) - datetime.fromisoformat(theirs)
        return abs(difference.total_seconds()) <= 1
    if theirs is None or ours is None:
        return ours == theirs
    return ours == pytest.approx(theirs, rel=RELATIVE, abs=1e-9)


@pytest.mark.parametrize("relative", list(REFUSED))
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(relative):
    path = real_data.ROOT / relative
    (reader,) = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    with pytest.raises(ReaderError, match=REFUSED[relative]) as refusal:
        reader.read(path, path.name)
    assert str(refusal.value).startswith(path.name)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("relative", list(WARNED))
def test_a_damaged_file_that_can_be_read_says_what_is_wrong(relative):
    reading = read(relative)
    assert reading.table.height
    assert WARNED[relative] in " ".join(reading.warnings)


@pytest.mark.parametrize("relative", sorted(real_data.expected()))
def test_every_file_of_the_set_has_an_answer(relative):
    """A cycling file is read, refused, or known to be a companion; nothing is left to chance."""
    if relative.startswith("cycling/"):
        assert relative in {*FILES, *COMPANIONS, *REFUSED}


def test_a_clock_that_is_stamped_zero_at_each_step_is_mended_and_said():
    reading = read("cycling/neware/SINTEF_SLPBA842124HV_rate_Time_Bug.bdf.csv")
    assert reading.table["test_time_second"][-1] == 125628.170
    assert any("19 records out of place" in warning for warning in reading.warnings)


def test_a_time_column_in_a_wrong_unit_is_doubted():
    reading = read("cycling/other/DLR_LiLNMO_POCV_Basytec.bdf.csv")
    assert any("17 years" in warning for warning in reading.warnings)
