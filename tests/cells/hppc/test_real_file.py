"""The pulse of a real cell, from the file to what an independent reader saw in it."""

from __future__ import annotations

import pytest

from cells.cycling.readers.plain_xlsx import read
from cells.hppc.analysis import analyse
from tests import real_data
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
