"""The cycles of real files, against what independent readers of the same files count."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cells.cycling.dq_dv import differentiate
from cells.cycling.readers import READERS
from cells.cycling.technique import CYCLING, analyse
from labdb.ingest.reader import FileHead

# The sum over the steps of the discharge is 5.08628 mAh; the direct text read of EXPECTED.json took the largest step.
OTHERWISE = {("neware/neware_uio.csv", "first_cycle_discharge_mAh"): 4.68031 + 0.28183 + 0.12414}

FILES = (
    "arbin/20160805_test001_45_cc_01.res",
    "arbin/arbin_example.res",
    "neware/2-1-6_61_07005012.nda",
    "neware/TESTCELL0001-Test_Data_Collection_Ndc17.ndax",
    "neware/TestFile.nda",
    "neware/navani_test.ndax",
    "neware/nda_v22.nda",
    "neware/nda_v8.nda",
    "neware/new_nda_file.nda",
    "neware/neware_uio.csv",
    "neware/nw4-120-6-1-36.ndax",
    "neware/nw_regular_export_ife_example.csv",
    "neware/test_2.ndax",
)


@cache
def expected(data: Path) -> dict[str, Any]:
    return json.loads((data / "EXPECTED.json").read_text(encoding="utf-8"))


def table_of(path: Path) -> pl.DataFrame:
    readers = [reader for reader in READERS if reader.recognises(FileHead.of(path))]
    if path.suffix == ".res" and not readers:
        pytest.skip("no reader of Access databases on this machine")
    (reader,) = readers
    return CYCLING.schema.conform(reader.read(path, path.name).table)


@pytest.mark.filterwarnings("ignore:read_metadata for NDA")
@pytest.mark.parametrize("file", FILES)
def test_a_real_file_gives_the_capacities_that_other_readers_count(real_data, file):
    values = expected(real_data)[f"cycling/{file}"]["values"]
    cycles = analyse(table_of(real_data / "cycling" / file), {}).tables["cycles"]
    compared = 0
    for half in ("charge", "discharge"):
        capacities = cycles.filter(pl.col(f"{half}_capacity_mah") > 0)[f"{half}_capacity_mah"]
        for place, index in (("first", 0), ("last", -1)):
            name = f"{place}_cycle_{half}_mAh"
            if values.get(name) is not None:
                assert capacities[index] == pytest.approx(OTHERWISE.get((file, name), values[name]), rel=1e-3)
                compared += 1
        if values.get(f"total_{half}_mAh") is not None:
            assert capacities.sum() == pytest.approx(values[f"total_{half}_mAh"], rel=1e-3)
    assert compared >= 2


def test_the_integral_of_a_real_test_agrees_with_the_counter_of_its_cycler(real_data):
    table = table_of(real_data / "cycling/neware/nw4-120-6-1-36.ndax")
    counted = analyse(table, {}).tables["cycles"]
    integrated = analyse(table.drop("step_cumulative_capacity_ah", "step_cumulative_energy_wh"), {}).tables["cycles"]
    for name in ("charge_capacity_mah", "discharge_capacity_mah", "charge_energy_mwh", "discharge_energy_mwh"):
        assert integrated[name].to_list() == pytest.approx(counted[name].to_list(), rel=1e-3)


def test_the_area_under_a_real_dq_dv_is_its_constant_current_capacity(real_data):
    table = table_of(real_data / "cycling/neware/nw4-120-6-1-36.ndax")
    found = analyse(table, {})
    slopes = differentiate(table, found.tables["steps"], cycles=[3], smoothing_volt=0)
    area = slopes.filter(pl.col("half") == "discharge")["dq_dv_mah_per_volt"].sum() * 0.002
    # The first and the last interval of the grid are cut off at its voltages.
    assert area == pytest.approx(found.tables["cycles"]["discharge_capacity_mah"][2], rel=0.02)


PROTOCOLS = {
    # Its schedule is called 24h_rest_3cyc_C20_100cyc_c10.
    "arbin/20160805_test001_45_cc_01.res": ["0 rest", "3 formation", "15 ageing"],
    "neware/neware_uio.csv": ["0 rest", "3 formation", "1 ageing"],
    # Its currents: one cycle each at six rates, three at the fastest, a return; then 20 cycles between slow ones.
    "neware/test_2.ndax": [
        "1 formation",
        *["1 rate"] * 5,
        "3 rate",
        "1 rate",
        "20 ageing",
        "1 check-up",
        "20 ageing",
        "1 check-up",
    ],
    "biologic/gcpl.pr_182.1.mpr": ["5 ageing"],
    "biologic/ocv.mpr": ["1 rest"],
    "biologic/cp.mpt": ["1 other"],
    "other/maccor_three.txt": ["0 rest", "15 ageing"],
}


@pytest.mark.parametrize("file", PROTOCOLS)
def test_the_protocol_of_a_real_file_is_found_without_being_told(real_data, file):
    blocks = analyse(table_of(real_data / "cycling" / file), {}).tables["protocol"]
    told = [f"{cycles} {kind}" for kind, cycles in blocks.select("kind", "cycles").iter_rows()]
    assert told[: len(PROTOCOLS[file])] == PROTOCOLS[file]
