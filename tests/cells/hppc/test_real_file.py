"""The pulse of a real cell, from the file to what an independent reader saw in it."""

from __future__ import annotations

import pytest

from cells.cycling.readers.plain_xlsx import read
from cells.cycling.steps import summarise_steps
from cells.hppc.analysis import analyse
from cells.hppc.pulses import find_pulses
from cells.hppc.sequences import find_sequences
from tests import real_data
from tests.cells.cycling.readers.test_promises import read as read_real
from tests.cells.hppc.made import as_tested

FILE = "hppc/sample_hppc_pulse.xlsx"

pytestmark = real_data.needs_real_data


def test_the_pulse_of_a_real_file_has_the_resistances_that_others_found():
    values = real_data.expected()[FILE]["values"]
    reading = read(real_data.ROOT / FILE, FILE)
    assert reading.table.height == values["rows"]
    # There a positive current discharges.
    assert reading.table["current_ampere"].min() == pytest.approx(-values["current_max"])
    assert reading.table["voltage_volt"].min() == pytest.approx(values["voltage_min_V"])
    (seen,) = values["pulse_table"]
    (pulse,) = analyse(as_tested(reading.table)).tables["pulses"].rows(named=True)
    assert pulse["direction"] == "discharge"
    assert pulse["start_time_second"] == pytest.approx(seen["t_start"], rel=1e-4)
    assert pulse["duration_second"] == pytest.approx(seen["duration"], rel=1e-3)
    assert pulse["current_ampere"] == pytest.approx(-seen["current"], rel=1e-3)
    assert pulse["rest_voltage_volt"] == pytest.approx(seen["v_before"])
    assert pulse["first_voltage_volt"] == pytest.approx(seen["v_first"])
    assert pulse["pulse_voltage_volt"] == pytest.approx(seen["v_end"])
    assert pulse["pulse_ohmic_resistance_ohm"] == pytest.approx(abs(seen["R0_Ohm"]), rel=1e-3)
    assert pulse["pulse_resistance_ohm"] == pytest.approx(abs(seen["R_end_Ohm"]), rel=1e-3)
    assert pulse["state_of_charge"] is None


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("cycling/biologic/gcpl.issue_149.mpt", 0),  # charge and discharge of 10 s, over and over
        ("cycling/biologic/mb.issue_95.mpt", 0),
        ("cycling/arbin/sample_data_arbin.csv", 0),  # ends half a second into its charge
        ("cycling/neware/neware_uio.csv", 0),
        ("cycling/neware/new_nda_file.nda", 2),  # 5 s down and 50 s up between rests
        ("cycling/other/biologic_BCS_MB_CE1_short10k.csv", 1),  # tests its contacts for a second, then cycles
    ],
)
def test_ordinary_cycling_holds_no_pulses(file, count):
    steps = summarise_steps(read_real(file).table)
    assert find_pulses(steps).height == count
    assert not find_sequences(steps)["whole"].any()
