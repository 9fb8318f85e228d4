"""The figures of pulses, as the page of a test and the comparison of cells draw them. Pure."""

from __future__ import annotations

from cells.hppc import plots
from labdb.ingest.presentation import Drawing

HPPC: tuple[Drawing, ...] = (
    Drawing(
        "hppc-resistance",
        "Pulse resistance over state of charge",
        plots.resistance_over_charge,
        quantities=("pulse_resistance_ohm", "state_of_charge", "after_ageing_cycle"),
        table="pulses",
        about="the stronger the line, the more cycles before; hollow: charge pulses",
        typed="After ageing cycles",
    ),
    Drawing(
        "hppc-power",
        "Power at the end of the pulse",
        plots.power_over_charge,
        quantities=("pulse_power_w_per_kg", "pulse_power_watt", "state_of_charge"),
        table="pulses",
        about="at the end of the pulse",
        typed="After ageing cycles",
    ),
    Drawing(
        "hppc-capability",
        "Power capability at the voltage limit",
        plots.capability_over_charge,
        quantities=("power_capability_w_per_kg", "power_capability_watt", "state_of_charge"),
        table="pulses",
        about="what the resistance allows down to the lower limit; charge pulses up to the upper",
        typed="After ageing cycles",
    ),
    Drawing(
        "hppc-cycles",
        "Pulse resistance against cycles",
        plots.resistance_against_cycles,
        quantities=("hppc_discharge_resistance_ohm", "after_ageing_cycle"),
        table="pulses",
        about="of discharge pulses, at 50 % state of charge",
    ),
    Drawing(
        "hppc-traces",
        "Voltage of the pulses",
        plots.voltage_traces,
        quantities=("voltage_change_volt", "pulse_time_second"),
        table="pulse_traces",
        single=True,
        about="from the rest before; the fuller the cell, the stronger the line",
        typed="After ageing cycles",
    ),
)
