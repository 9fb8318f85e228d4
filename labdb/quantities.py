"""Every quantity once: its name, its unit, its printed label, its definition. Pure.

The unit ends the name, spelled as the Battery Data Format spells it. Axes, table heads, forms and the API take
their words from here, so no axis can claim another unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Quantity:
    """One quantity.

    Attributes:
        name: as in tables, columns, JSON, forms.
        label: as printed on an axis or in a table head, without its unit.
        unit: as printed; empty for a ratio.
        definition: one sentence, shown beside the number.
        digits: significant digits that are worth printing.
        percent: a fraction that is shown as %.
        whole: a count, printed without decimals.
    """

    name: str
    label: str
    unit: str
    definition: str
    digits: int = 4
    percent: bool = False
    whole: bool = False

    @property
    def axis(self) -> str:
        """Label with unit, as on an axis: "Voltage / V"."""
        unit = "%" if self.percent else self.unit
        return f"{self.label} / {unit}" if unit else self.label

    def text(self, value: float | None) -> str:
        """The value with the digits that are worth printing, in the printed unit; a dash where there is none."""
        if value is None or value != value:
            return "–"
        shown = value * 100 if self.percent else value
        if self.whole:
            return f"{shown:,.0f}".replace(",", "\u202f")
        if shown and abs(shown) >= 10 ** (self.digits - 1):
            return f"{shown:,.0f}".replace(",", "\u202f") if abs(shown) >= 10_000 else f"{shown:.0f}"
        return f"{shown:#.{self.digits}g}" if shown else "0"

    def text_with_sd(self, value: float, sd: float | None) -> str:
        """Mean and SD, the SD to the place that the mean ends at: "213.3 ± 0.4"."""
        mean = self.text(value)
        if sd is None:
            return mean
        return f"{mean} ± {sd * 100 if self.percent else sd:.{len(mean.partition('.')[2])}f}"


def _capacities(name: str, label: str, definition: str) -> tuple[Quantity, ...]:
    """A capacity in mAh and in mAh/g, and the C-rate at which it was drawn."""
    return (
        Quantity(f"{name}_mah", label, "mAh", definition),
        Quantity(f"{name}_mah_per_g", label, "mAh/g", f"{definition} Per active mass of the cathode."),
        Quantity(f"{name}_c_rate", f"{label}, rate", "C", "C-rate of that discharge.", 3),
    )


QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity
    for quantity in (
        # What a cycler records.
        Quantity("test_time_second", "Test time", "s", "Time since the test began.", 6),
        Quantity("test_time_hour", "Test time", "h", "Time since the test began.", 6),
        Quantity("voltage_volt", "Voltage", "V", "Cell voltage against its stored reference.", 5),
        Quantity("current_ampere", "Current", "A", "Positive current charges the cell.", 5),
        Quantity("cycle_count", "Cycle", "", "Cycle number, as the cycler counted.", 6, whole=True),
        Quantity("ambient_temperature_celsius", "Ambient temperature", "°C", "Of the chamber."),
        Quantity("step_count", "Step", "", "Executed steps of the test, counted from 1.", 6),
        Quantity("step_time_second", "Step time", "s", "Time since the step began.", 6),
        # What a step gives.
        Quantity("start_time_second", "Start", "s", "Time of the test at which it begins.", 6),
        Quantity("duration_second", "Duration", "s", "Time from its first record to its last.", 6),
        Quantity("start_voltage_volt", "Start voltage", "V", "Of the first record of a step.", 5),
        Quantity("end_voltage_volt", "End voltage", "V", "Of the last record of a step.", 5),
        Quantity("mean_current_ampere", "Mean current", "A", "Net charge of a step / its duration; positive charges."),
        # What a cycle gives.
        Quantity(
            "ageing_index", "Ageing cycle", "", "1, 2, 3 … over the complete ageing cycles of a test.", 6, whole=True
        ),
        Quantity("charge_c_rate", "Charge rate", "C", "C-rate of the step that moved most charge in the charge.", 3),
        Quantity(
            "discharge_c_rate", "Discharge rate", "C", "C-rate of the step that moved most charge in the discharge.", 3
        ),
        Quantity(
            "end_of_charge_voltage_volt",
            "End-of-charge voltage",
            "V",
            "Of the last record of the last charging step.",
            5,
        ),
        Quantity(
            "end_of_discharge_voltage_volt",
            "End-of-discharge voltage",
            "V",
            "Of the last record of the last discharging step.",
            5,
        ),
        Quantity("capacity_mah", "Capacity", "mAh", "Charge moved since the half cycle began."),
        Quantity(
            "capacity_mah_per_g",
            "Capacity",
            "mAh/g",
            "Charge moved since the half cycle began / active mass of the cathode.",
        ),
        Quantity("charge_capacity_mah", "Charge capacity", "mAh", "Charge that went into the cell in one cycle."),
        Quantity("discharge_capacity_mah", "Discharge capacity", "mAh", "Charge that came out in one cycle."),
        Quantity(
            "charge_capacity_mah_per_g",
            "Charge capacity",
            "mAh/g",
            "Charge capacity of one cycle / active mass of the cathode.",
        ),
        Quantity(
            "discharge_capacity_mah_per_g",
            "Discharge capacity",
            "mAh/g",
            "Discharge capacity of one cycle / active mass of the cathode.",
        ),
        Quantity(
            "coulombic_efficiency",
            "Coulombic efficiency",
            "",
            "Discharge / charge capacity of the same cycle, for a cell that starts with charge.",
            percent=True,
        ),
        Quantity(
            "energy_efficiency", "Energy efficiency", "", "Discharge / charge energy of the same cycle.", percent=True
        ),
        Quantity("charge_energy_mwh", "Charge energy", "mWh", "∫V·I dt over the charge of one cycle."),
        Quantity("discharge_energy_mwh", "Discharge energy", "mWh", "∫V·I dt over the discharge of one cycle."),
        Quantity(
            "specific_energy_wh_per_kg",
            "Specific energy",
            "Wh/kg",
            "Discharge energy of one cycle / active mass of the cathode.",
        ),
        Quantity("mean_charge_voltage_volt", "Mean charge voltage", "V", "∫V·I dt / ∫I dt over the charge."),
        Quantity("mean_discharge_voltage_volt", "Mean discharge voltage", "V", "∫V·I dt / ∫I dt over the discharge."),
        Quantity(
            "capacity_retention",
            "Capacity retention",
            "",
            "Discharge capacity of an ageing cycle / that of the first ageing cycle; formation and check-up"
            " cycles are never in it.",
            percent=True,
        ),
        Quantity("c_rate", "C-rate", "C", "Current / current of 1 C; C/10 is 0.1.", 3),
        Quantity(
            "rate_capacity_mah_per_g",
            "Rate capacity",
            "mAh/g",
            "Median discharge capacity of the complete cycles at one rate of a rate test / active mass of the cathode.",
        ),
        Quantity(
            "rate_capacity_mah",
            "Rate capacity",
            "mAh",
            "Median discharge capacity of the complete cycles at one rate of a rate test.",
        ),
        Quantity(
            "rate_ratio",
            "Ratio to 0.2 C",
            "",
            "Capacity of a rate / that of the first block at 0.2 C of the same rate test.",
            3,
            percent=True,
        ),
        Quantity(
            "dq_dv_mah_per_g_volt", "dQ/dV", "mAh/(g V)", "Slope of capacity against voltage, smoothed; positive."
        ),
        Quantity("dq_dv_mah_per_volt", "dQ/dV", "mAh/V", "Slope of capacity against voltage, smoothed; positive."),
        Quantity(
            "peak",
            "Peak",
            "",
            "Of dQ/dV, counted from the lowest voltage up; one number for charge and discharge, and for all cycles.",
            whole=True,
        ),
        Quantity(
            "prominence_mah_per_volt",
            "Prominence",
            "mAh/V",
            "By how much a peak of dQ/dV stands out of its surroundings.",
        ),
        Quantity("width_volt", "Width", "V", "Of a peak of dQ/dV at half of its prominence.", 3),
        Quantity(
            "dq_dv_polarisation_millivolt",
            "Polarisation of dQ/dV",
            "mV",
            "Charge peak − discharge peak of one transition in the same cycle; as a result, of the highest transition"
            " that both halves of the first ageing cycle show.",
        ),
        Quantity(
            "first_dq_dv_polarisation_millivolt",
            "First polarisation of dQ/dV",
            "mV",
            "Charge peak − discharge peak of the highest transition in the first ageing cycle.",
        ),
        Quantity(
            "first_h2_h3_charge_voltage_volt",
            "First H2–H3 peak, charge",
            "V",
            "Peak of dQ/dV of the first ageing cycle, against the cell's own reference; named by its place against"
            " Li/Li⁺.",
            5,
        ),
        Quantity(
            "first_h2_h3_discharge_voltage_volt",
            "First H2–H3 peak, discharge",
            "V",
            "Peak of dQ/dV of the first ageing cycle, against the cell's own reference; named by its place against"
            " Li/Li⁺.",
            5,
        ),
        Quantity(
            "h2_h3_charge_shift_millivolt",
            "Shift of the H2–H3 peak, charge",
            "mV",
            "Voltage of the peak of dQ/dV − that in the first ageing cycle.",
        ),
        Quantity(
            "h2_h3_discharge_shift_millivolt",
            "Shift of the H2–H3 peak, discharge",
            "mV",
            "Voltage of the peak of dQ/dV − that in the first ageing cycle.",
        ),
        Quantity("mean_voltage_volt", "Mean voltage", "V", "∫V·I dt / ∫I dt over a half cycle."),
        Quantity(
            "mean_discharge_voltage_change_millivolt",
            "Mean voltage change",
            "mV",
            "Mean discharge voltage of an ageing cycle − that of the first; negative where the voltage decays.",
        ),
        Quantity(
            "mean_voltage_gap_millivolt",
            "Gap of the mean voltages",
            "mV",
            "Mean charge voltage − mean discharge voltage of the same ageing cycle.",
        ),
        Quantity(
            "first_ageing_mean_voltage_gap_millivolt",
            "Gap of the mean voltages of the first ageing cycle",
            "mV",
            "Mean charge voltage − mean discharge voltage of the first ageing cycle.",
        ),
        Quantity(
            "dq_dv_every",
            "Cycles between followed peaks",
            "",
            "The peaks of dQ/dV are followed through one ageing cycle in so many.",
            whole=True,
        ),
        Quantity(
            "reference_potential_volt",
            "Potential of the reference",
            "V",
            "Of what the voltages of a cell are against, against Li/Li⁺: 0 V for lithium.",
        ),
        # What a test gives.
        Quantity(
            "first_charge_capacity_mah_per_g",
            "First charge capacity",
            "mAh/g",
            "Charge capacity of the first complete cycle.",
        ),
        Quantity(
            "first_discharge_capacity_mah_per_g",
            "First discharge capacity",
            "mAh/g",
            "Discharge capacity of the first complete cycle.",
        ),
        Quantity(
            "first_charge_capacity_mah", "First charge capacity", "mAh", "Charge capacity of the first complete cycle."
        ),
        Quantity(
            "first_discharge_capacity_mah",
            "First discharge capacity",
            "mAh",
            "Discharge capacity of the first complete cycle.",
        ),
        Quantity(
            "first_coulombic_efficiency",
            "First Coulombic efficiency",
            "",
            "Discharge / charge capacity of the first complete cycle.",
            percent=True,
        ),
        Quantity(
            "first_ageing_discharge_capacity_mah_per_g",
            "Discharge capacity of the first ageing cycle",
            "mAh/g",
            "The reference of capacity retention.",
        ),
        Quantity(
            "first_ageing_discharge_capacity_mah",
            "Discharge capacity of the first ageing cycle",
            "mAh",
            "The reference of capacity retention.",
        ),
        Quantity(
            "first_mean_charge_voltage_volt",
            "First mean charge voltage",
            "V",
            "∫V·I dt / ∫I dt over the charge of the first complete cycle.",
        ),
        Quantity(
            "first_mean_discharge_voltage_volt",
            "First mean discharge voltage",
            "V",
            "∫V·I dt / ∫I dt over the discharge of the first complete cycle.",
        ),
        Quantity(
            "first_ageing_mean_discharge_voltage_volt",
            "Mean discharge voltage of the first ageing cycle",
            "V",
            "∫V·I dt / ∫I dt over the discharge of the first ageing cycle.",
        ),
        Quantity(
            "first_specific_energy_wh_per_kg",
            "First specific energy",
            "Wh/kg",
            "Discharge energy of the first complete cycle / active mass of the cathode.",
        ),
        Quantity(
            "first_ageing_specific_energy_wh_per_kg",
            "Specific energy of the first ageing cycle",
            "Wh/kg",
            "Discharge energy of the first ageing cycle / active mass of the cathode.",
        ),
        Quantity(
            "cycle_life_80_percent",
            "Cycle life to 80 %",
            "",
            "First ageing cycle whose retention is below 0.80 and stays below for the next two.",
            whole=True,
        ),
        Quantity(
            "mean_coulombic_efficiency",
            "Mean Coulombic efficiency",
            "",
            "Mean over the ageing cycles; without those above 120 %.",
            5,
            percent=True,
        ),
        Quantity("cycles", "Cycles", "", "Complete cycles of the test, all kinds.", 6, whole=True),
        Quantity("ageing_cycles", "Ageing cycles", "", "Complete ageing cycles of the test.", 6, whole=True),
        # What a pulse gives; the rules are in docs/definitions.md.
        Quantity("sequence", "Sequence", "", "1, 2, 3 … over the sequences of pulses of a test.", 6, whole=True),
        Quantity("pulse", "Pulse", "", "1, 2, 3 … in its sequence.", 6, whole=True),
        Quantity("level", "Level", "", "1, 2, 3 … over the states of charge of a sequence.", 6, whole=True),
        Quantity(
            "after_ageing_cycle",
            "After ageing cycle",
            "",
            "Ageing cycles that were complete before it.",
            6,
            whole=True,
        ),
        Quantity("rest_before_second", "Rest before", "s", "Time at rest before a pulse."),
        Quantity("rest_after_second", "Rest after", "s", "Time at rest after a pulse."),
        Quantity(
            "state_of_charge",
            "State of charge",
            "",
            "1 − discharged / total discharge of the sequence, where the pulse begins.",
            percent=True,
        ),
        Quantity("rest_voltage_volt", "Voltage at rest", "V", "V_t0: of the last record before a pulse.", 5),
        Quantity("first_voltage_volt", "First voltage", "V", "Of the first record of a pulse under current.", 5),
        Quantity(
            "first_record_second", "First record after", "s", "From the last record before a pulse to its first.", 3
        ),
        Quantity("pulse_voltage_volt", "Voltage at the end", "V", "V_t1: of the last record of a pulse.", 5),
        Quantity("recovery_volt", "Recovery", "V", "How far the voltage goes back in the rest after a pulse.", 3),
        Quantity("pulse_time_second", "Time in the pulse", "s", "Since the last record before the pulse.", 4),
        Quantity("voltage_change_volt", "Change of the voltage", "V", "From the last record before the pulse.", 4),
        Quantity("pulse_resistance_ohm", "Resistance", "ohm", "abs((V_t1 − V_t0) / I) of a pulse."),
        Quantity(
            "pulse_ohmic_resistance_ohm",
            "Ohmic resistance",
            "ohm",
            "abs((V − V_t0) / I) at the first record of a pulse.",
        ),
        Quantity("pulse_resistance_ohm_gram", "Resistance × mass", "ohm·g", "Resistance of a pulse × active mass."),
        Quantity("pulse_power_watt", "Power", "W", "V_t1·abs(V_t0 − V_t1) / R of a pulse."),
        Quantity("pulse_power_w_per_kg", "Specific power", "W/kg", "Power of a pulse / active mass of the cathode."),
        Quantity(
            "power_capability_watt",
            "Power capability",
            "W",
            "V_limit·abs(V_t0 − V_limit) / R of a pulse, at the voltage limit of the test.",
        ),
        Quantity(
            "power_capability_w_per_kg",
            "Specific power capability",
            "W/kg",
            "Power capability of a pulse / active mass of the cathode.",
        ),
        Quantity("hppc_sequences", "Pulse sequences", "", "Sequences of pulses in the test.", 6, whole=True),
        Quantity(
            "hppc_discharge_resistance_ohm",
            "Discharge resistance at 50 % SoC",
            "ohm",
            "Of the discharge pulses, at 50 % state of charge.",
        ),
        Quantity(
            "hppc_discharge_ohmic_resistance_ohm",
            "Ohmic resistance at 50 % SoC",
            "ohm",
            "Of the first record of the discharge pulses, at 50 % state of charge.",
        ),
        Quantity(
            "hppc_charge_resistance_ohm",
            "Charge resistance at 50 % SoC",
            "ohm",
            "Of the charge pulses, at 50 % state of charge.",
        ),
        Quantity(
            "hppc_lowest_resistance_ohm",
            "Lowest discharge resistance",
            "ohm",
            "Of the discharge pulses, at any state of charge.",
        ),
        Quantity(
            "hppc_discharge_power_watt",
            "Discharge power at 50 % SoC",
            "W",
            "Of the discharge pulses, at 50 % state of charge.",
        ),
        Quantity(
            "hppc_discharge_power_w_per_kg",
            "Specific discharge power at 50 % SoC",
            "W/kg",
            "Of the discharge pulses, at 50 % state of charge, per active mass of the cathode.",
        ),
        Quantity(
            "hppc_power_capability_w_per_kg",
            "Power capability at 50 % SoC",
            "W/kg",
            "Of the discharge pulses, at 50 % state of charge and the lower voltage limit, per active mass.",
        ),
        Quantity(
            "hppc_resistance_growth",
            "Growth of the resistance",
            "",
            "Discharge resistance at 50 % SoC of the last sequence / that of the first − 1.",
            percent=True,
        ),
        # What a storage gives; the rules are in docs/definitions.md.
        Quantity("duration_day", "Duration", "d", "Of one storage period."),
        Quantity("storage_day", "Stored", "d", "Days since a storage began, without those of the checks."),
        Quantity(
            "storage_temperature_celsius",
            "Storage temperature",
            "°C",
            "Mean over time of what the file recorded; where it is silent, that of the plan.",
            3,
        ),
        Quantity(
            "voltage_before_volt", "Voltage before", "V", "When the current ended, at rest where it was recorded."
        ),
        Quantity("voltage_after_volt", "Voltage after", "V", "Last record at rest of a storage."),
        Quantity("voltage_loss_volt", "Voltage loss", "V", "Voltage before − voltage after a storage.", 3),
        *_capacities(
            "capacity_before",
            "Capacity before storage",
            "Last discharge before the storage between the voltages of the recovered one, at its rate if there is one.",
        ),
        *_capacities(
            "retained_capacity", "Retained capacity", "First discharge after a storage, without a charge between."
        ),
        *_capacities(
            "recovered_capacity",
            "Recovered capacity",
            "Next discharge from a full charge after a storage, at the rate of the one before if there is one.",
        ),
        Quantity(
            "retained_capacity_share",
            "Retained capacity share",
            "",
            "Retained capacity / capacity before storage.",
            percent=True,
        ),
        Quantity(
            "recovered_capacity_share",
            "Recovered capacity share",
            "",
            "Recovered capacity / capacity before storage.",
            percent=True,
        ),
        Quantity(
            "capacity_share", "Share of the capacity before", "", "Capacity / capacity before storage.", percent=True
        ),
        Quantity(
            "self_discharge_share",
            "Self-discharge",
            "",
            "1 − retained capacity / the last discharge before this storage period.",
            3,
            percent=True,
        ),
        # What a heat programme is drawn by.
        Quantity("programme_time_hour", "Time", "h", "Since the heat programme began."),
        Quantity("temperature_celsius", "Temperature", "°C", "Of a furnace or a sample, as programmed or measured."),
        # What a furnace log gives.
        Quantity(
            "peak_temperature_celsius", "Peak temperature", "°C", "Highest of the thermocouple, median of 3 records."
        ),
        Quantity("set_temperature_celsius", "Set temperature", "°C", "Of the longest hold at the programme's top."),
        Quantity("overshoot_celsius", "Overshoot", "°C", "Peak temperature − set temperature."),
        Quantity(
            "time_above_set_hour", "Time above set − 5 °C", "h", "All time at or above the set temperature − 5 °C."
        ),
        Quantity(
            "soak_time_hour", "Soak time", "h", "Longest uninterrupted time at or above set − 5 °C; ends at a gap."
        ),
        Quantity("soak_time_deviation_hour", "Soak time − programme", "h", "Soak time − the hold of the programme.", 3),
        Quantity(
            "heating_rate_celsius_per_min",
            "Heating rate",
            "°C/min",
            "Mean over 10 … 90 % of the ramp to the set temperature.",
        ),
        Quantity(
            "cooling_rate_celsius_per_min",
            "Cooling rate",
            "°C/min",
            "Mean over 10 … 90 % of the first programmed cooling.",
        ),
        Quantity(
            "heating_rate_deviation",
            "Heating rate, deviation",
            "",
            "Heating rate / that of the programme − 1.",
            3,
            percent=True,
        ),
        Quantity(
            "cooling_rate_deviation",
            "Cooling rate, deviation",
            "",
            "Cooling rate / that of the programme − 1.",
            3,
            percent=True,
        ),
        # What stands on the shelf.
        Quantity("molar_mass_g_per_mol", "Molar mass", "g/mol", "Of the formula unit, its hydrate water included.", 6),
        Quantity("amount_g", "Received", "g", "What the container held when it came."),
        Quantity("left_g", "Left", "g", "Received − weighed into batches + corrections."),
        Quantity(
            "assay_percent", "Assay", "%", "Mass share of the formula, hydrate water included, in the dry material."
        ),
        Quantity(
            "moisture_percent", "Moisture", "%", "Adsorbed water beyond the hydrate, in the material as weighed.", 3
        ),
        Quantity("max_gap_second", "Longest gap", "s", "A longer time between two records is not integrated across."),
        # What a batch is.
        Quantity("mass_g", "Mass", "g", "As weighed.", 6),
        Quantity("wanted_precursor_mass_g", "Precursor to weigh", "g", "Of the precursor's lot as weighed.", 5),
        Quantity("mass_after_sintering_g", "Mass after sintering", "g", "As weighed out of the furnace.", 5),
        Quantity("mass_after_washing_g", "Mass after washing", "g", "As weighed after washing and drying.", 5),
        Quantity("lithium_to_metals", "Li/TM", "", "Moles of lithium / of transition metals, of all that was weighed."),
        Quantity("flux_ratio", "Flux ratio", "", "Moles of flux / of precursor, as weighed."),
        Quantity("ratio_deviation", "Deviation", "", "Achieved mole ratio / that of the recipe − 1.", 3, percent=True),
        Quantity(
            "sintering_loss",
            "Loss on sintering",
            "",
            "1 − mass after sintering / all that was weighed in: gas and dust.",
            3,
            percent=True,
        ),
        Quantity(
            "washing_loss",
            "Loss on washing",
            "",
            "1 − mass after washing / mass after sintering: flux, residual lithium, powder.",
            3,
            percent=True,
        ),
        Quantity(
            "product_yield",
            "Yield",
            "",
            "Mass after the last step that was weighed / mass of product if all transition metals became product.",
            3,
            percent=True,
        ),
        Quantity("charged_g", "Charged", "g", "All that was weighed in.", 6),
        Quantity(
            "theoretical_product_g", "Theoretical product", "g", "All transition metals of the precursor as product.", 6
        ),
        Quantity("programmed_peak_celsius", "Programmed peak", "°C", "Of the first heat treatment."),
        Quantity("programmed_hold_hour", "Programmed hold", "h", "The longest hold at the programme's top."),
        Quantity("wash_count", "Washes", "", "Repeats counted.", whole=True),
        # What an ICP-OES gives; the rules are in docs/definitions.md.
        Quantity("concentration_mg_per_l", "Concentration", "mg/L", "Of an element in a solution."),
        Quantity("mass_fraction_mg_per_kg", "Mass fraction", "mg/kg", "Mass of an element / mass of the powder."),
        Quantity("sample_mass_mg", "Sample mass", "mg", "Of the powder that was dissolved or measured, as weighed.", 5),
        Quantity("volume_ml", "Volume", "mL", "Of the solution that the powder was dissolved in.", 5),
        Quantity(
            "dilution_factor", "Dilution", "", "Content of the solution / that of the solution that was measured.", 5
        ),
        Quantity(
            "detection_limit_factor",
            "Limit of detection",
            "",
            "Limit of detection / standard deviation of the blank.",
            3,
        ),
        Quantity(
            "line_disagreement_limit_percent",
            "Lines may differ by",
            "%",
            "Spread of the lines of an element / their mean.",
            3,
        ),
        Quantity("mole_ratio", "Moles per ΣTM", "", "ΣTM: Ni, Co, Mn, Al and the dopants of the target composition."),
        Quantity(
            "mole_ratio_deviation",
            "Deviation from the target",
            "",
            "Moles per ΣTM − those of the target composition, in % of ΣTM.",
            3,
            percent=True,
        ),
        Quantity(
            "line_deviation",
            "Line, deviation",
            "",
            "Content by one emission line / that of its element − 1.",
            3,
            percent=True,
        ),
        Quantity("li_per_tm", "Li/TM by ICP", "", "Moles of lithium / ΣTM, as measured by ICP."),
        Quantity("ni_per_tm", "Ni/TM by ICP", "", "Moles of nickel / ΣTM, as measured by ICP."),
        Quantity("co_per_tm", "Co/TM by ICP", "", "Moles of cobalt / ΣTM, as measured by ICP."),
        Quantity("mn_per_tm", "Mn/TM by ICP", "", "Moles of manganese / ΣTM, as measured by ICP."),
        Quantity("al_per_tm", "Al/TM by ICP", "", "Moles of aluminium / ΣTM, as measured by ICP."),
        Quantity("zr_per_tm", "Zr/TM by ICP", "", "Moles of zirconium / ΣTM, as measured by ICP."),
        Quantity("ti_per_tm", "Ti/TM by ICP", "", "Moles of titanium / ΣTM, as measured by ICP."),
        Quantity("mg_per_tm", "Mg/TM by ICP", "", "Moles of magnesium / ΣTM, as measured by ICP."),
        Quantity("w_per_tm", "W/TM by ICP", "", "Moles of tungsten / ΣTM, as measured by ICP."),
        Quantity("nb_per_tm", "Nb/TM by ICP", "", "Moles of niobium / ΣTM, as measured by ICP."),
        Quantity("b_per_tm", "B/TM by ICP", "", "Moles of boron / ΣTM, as measured by ICP."),
        Quantity(
            "composition_deviation",
            "Composition, largest deviation",
            "",
            "Largest abs(moles per ΣTM − target) of the metals in ΣTM, in % of ΣTM.",
            3,
            percent=True,
        ),
        Quantity(
            "lithium_deviation", "Li/TM − target", "", "Li/TM by ICP − that of the target composition.", 3, percent=True
        ),
        Quantity(
            "metal_recovery",
            "Recovery",
            "",
            "Mass of Li and ΣTM found in the powder / that in the same mass of the measured formula with O2.",
            percent=True,
        ),
        Quantity(
            "residual_potassium_mg_per_kg",
            "Residual K",
            "mg/kg",
            "Mass of potassium / mass of the powder by ICP; its limit of detection where it is under it.",
            3,
        ),
        Quantity(
            "residual_sulfur_mg_per_kg",
            "Residual S",
            "mg/kg",
            "Mass of sulfur / mass of the powder by ICP; its limit of detection where it is under it.",
            3,
        ),
        Quantity(
            "residual_sodium_mg_per_kg",
            "Residual Na",
            "mg/kg",
            "Mass of sodium / mass of the powder by ICP; its limit of detection where it is under it.",
            3,
        ),
        # What a cell is.
        Quantity("active_mass_mg", "Active mass", "mg", "(electrode mass − foil mass) × active fraction."),
        Quantity("nominal_specific_capacity_mah_per_g", "1 C", "mA/g", "The specific current that is called 1 C."),
        Quantity("nominal_capacity_mah", "Nominal capacity", "mAh", "The capacity that one hour at 1 C delivers."),
        Quantity(
            "n_p_ratio",
            "N/P",
            "",
            "Areal capacity of the negative / of the positive electrode, each at the rate stated with it.",
            3,
        ),
        Quantity(
            "n_p_capacity_ratio",
            "N/P by whole capacity",
            "",
            "Capacity of the negative / of the positive electrode over their whole areas.",
            3,
        ),
        Quantity("electrode_area_ratio", "Area ratio", "", "Coated area of the negative / of the positive electrode."),
        Quantity("lower_voltage_volt", "Lower voltage", "V", "At which the discharge ends, against the reference.", 3),
        Quantity("upper_voltage_volt", "Upper voltage", "V", "At which the charge ends, against the reference.", 3),
        Quantity("anode_thickness_micrometer", "Anode thickness", "µm", "Of the metal foil or alloy as built."),
        Quantity("anode_diameter_mm", "Anode diameter", "mm", "Of the disc of metal or alloy."),
        Quantity("separator_thickness_micrometer", "Separator thickness", "µm", "Of one separator, dry.", 3),
        Quantity("electrolyte_volume_microliter", "Electrolyte", "µL", "Volume of liquid electrolyte in the cell.", 3),
        Quantity("electrolyte_mass_g", "Electrolyte", "g", "Mass of liquid electrolyte in the cell.", 3),
        Quantity(
            "cathode_pressure_megapascal", "Cathode pressed at", "MPa", "When it was pressed onto the separator.", 3
        ),
        Quantity("stack_pressure_megapascal", "Stack pressure", "MPa", "On the cell while it is cycled.", 3),
        Quantity("test_temperature_celsius", "Test temperature", "°C", "Of the chamber, as set.", 3),
        Quantity(
            "voltage_against_lithium_volt",
            "Voltage vs Li/Li⁺",
            "V",
            "Cell voltage + potential of its reference against Li/Li⁺.",
            5,
        ),
        # What an electrode is.
        Quantity(
            "active_fraction", "Active fraction", "", "Mass of active material / mass of the dry coating.", percent=True
        ),
        Quantity("solids_fraction", "Solids", "", "Mass of solids / mass of the slurry.", 3, percent=True),
        Quantity("foil_thickness_micrometer", "Foil thickness", "µm", "Of the bare foil.", 3),
        Quantity(
            "foil_areal_mass_mg_per_cm2",
            "Foil mass per area",
            "mg/cm²",
            "As weighed, else density of the metal × thickness.",
        ),
        Quantity(
            "coating_areal_mass_mg_per_cm2",
            "Coating mass per area",
            "mg/cm²",
            "Whole dry coating of one side / its area.",
        ),
        Quantity("areal_loading_mg_per_cm2", "Areal loading", "mg/cm²", "Active mass / coated area, of one side."),
        Quantity(
            "areal_capacity_mah_per_cm2",
            "Areal capacity",
            "mAh/cm²",
            "Areal loading × specific capacity at the stated rate.",
        ),
        Quantity("coating_thickness_micrometer", "Coating thickness", "µm", "Of one side, without the foil.", 3),
        Quantity(
            "coating_density_g_per_cm3", "Coating density", "g/cm³", "Coating mass per area / coating thickness.", 3
        ),
        Quantity(
            "calendered_density_g_per_cm3",
            "Calendered to",
            "g/cm³",
            "The density that the coating was pressed to, as said.",
            3,
        ),
        Quantity(
            "calender_line_force_n_per_mm", "Line force", "N/mm", "Of the calender, per width of the electrode.", 3
        ),
        Quantity(
            "solid_density_g_per_cm3",
            "Density of the solids",
            "g/cm³",
            "1 / Σ(mass fraction / density) over the components.",
            3,
        ),
        Quantity(
            "coating_porosity", "Coating porosity", "", "1 − coating density / density of the solids.", 3, percent=True
        ),
        Quantity(
            "specific_capacity_mah_per_g",
            "Specific capacity",
            "mAh/g",
            "Of the active material, as assumed for the balance of a cell.",
        ),
        Quantity("specific_capacity_c_rate", "At a rate of", "C", "C-rate of the assumed specific capacity.", 3),
        Quantity("diameter_mm", "Diameter", "mm", "Of a punched disc."),
        Quantity("area_cm2", "Area", "cm²", "Of one side of one piece of an electrode."),
        Quantity("coated_area_cm2", "Coated area", "cm²", "Area × pieces × coated sides."),
        Quantity("mass_mg", "Electrode mass", "mg", "With its foil; of all pieces together."),
        Quantity("foil_mass_mg", "Foil mass", "mg", "As weighed, else foil mass per area × area × pieces."),
        Quantity("coating_mass_mg", "Coating mass", "mg", "Electrode mass − foil mass."),
        Quantity("thickness_micrometer", "Thickness", "µm", "Of one piece of an electrode with its foil.", 3),
        Quantity(
            "electrode_capacity_mah",
            "Capacity of the electrode",
            "mAh",
            "Active mass × specific capacity at the stated rate.",
        ),
        # What a picture gives.
        Quantity("pixel_size_nm", "Pixel size", "nm", "Edge of a pixel of the picture as it is stored."),
        Quantity("grey_level", "Grey level", "", "As stored in the picture, after smoothing.", 4),
        Quantity("grey_threshold", "Grey-level threshold", "", "Pixels at or below it are pore."),
        Quantity("pixel_share", "Share of the pixels", "%", "Of those in the circles.", 3),
        Quantity(
            "porosity",
            "Porosity",
            "",
            "Pore pixels / pixels of the selected circle; over several circles their mean.",
            3,
            percent=True,
        ),
        Quantity(
            "porosity_inside_half_radius",
            "Porosity inside half the radius",
            "",
            "Pore pixels / pixels of the circle of half the radius about the same middle.",
            3,
            percent=True,
        ),
        Quantity(
            "shell_porosity", "Porosity of a shell", "", "The same between two circles that follow.", 3, percent=True
        ),
        Quantity("radius_fraction", "Radius of the circle", "", "As a share of the particle's.", 3, percent=True),
        Quantity(
            "particle_diameter_micrometre", "Particle diameter", "µm", "Of the circle in which porosity is measured.", 3
        ),
        Quantity(
            "pore_count", "Pores", "", "Connected regions of the circle, down to the smallest that counts.", whole=True
        ),
        Quantity("equivalent_diameter_nm", "Pore diameter", "nm", "Of a disc with the area of the pore.", 3),
        Quantity("equivalent_diameter_pixel", "Pore diameter", "pixels", "Of a disc with the area of the pore.", 3),
        Quantity(
            "median_pore_diameter_nm", "Median pore diameter", "nm", "Half of the pores, by number, are smaller.", 3
        ),
        Quantity("pore_area_share", "Share of the pore area", "%", "Of pores of one class of diameters.", 3),
        Quantity(
            "smoothing_pixel", "Smoothing", "pixels", "σ of the Gaussian over the picture before the threshold.", 3
        ),
        Quantity("minimum_pore_pixel", "Smallest pore", "pixels", "Smaller regions are noise.", 6, whole=True),
        # What a person measures on a picture.
        Quantity("measured_length_nm", "Length", "nm", "As a person measured it on the picture.", 3),
        Quantity(
            "rock_salt_layer_nm", "Rock-salt layer", "nm", "Thickness of the layer at the surface; mean over places.", 3
        ),
        Quantity("lattice_spacing_nm", "Lattice spacing", "nm", "Distance of neighbouring planes; mean over places."),
        Quantity(
            "coating_thickness_nm", "Coating thickness", "nm", "Of the coating on a particle; mean over places.", 3
        ),
        Quantity(
            "primary_particle_width_nm", "Primary particle width", "nm", "Shorter side of a primary particle; mean.", 3
        ),
        Quantity("crack_width_nm", "Crack width", "nm", "Between the faces of a crack; mean over places.", 3),
        # What a tap density gives.
        Quantity("volume_cm3", "Volume", "cm³", "Of the powder in the cylinder, after tapping."),
        Quantity("taps", "Taps", "", "How often the cylinder was tapped.", 6, whole=True),
        Quantity(
            "tap_density_g_per_cm3",
            "Tap density",
            "g/cm³",
            "Mass of the powder / its volume after tapping (ISO 3953); mean over the fillings.",
        ),
        # What a residual lithium titration and a Karl Fischer titration give.
        Quantity("content_mg_per_kg", "Content", "mg/kg", "Mass of what is named / mass of the powder."),
        Quantity(
            "residual_lithium_hydroxide_mg_per_kg",
            "Residual LiOH",
            "mg/kg",
            "Of the water extract, by titration with HCl: (2·V1 − V2)·c, V1 to pH 8.3, V2 to pH 4.5.",
        ),
        Quantity(
            "residual_lithium_carbonate_mg_per_kg",
            "Residual Li2CO3",
            "mg/kg",
            "Of the water extract, by titration with HCl: (V2 − V1)·c, V1 to pH 8.3, V2 to pH 4.5.",
        ),
        Quantity(
            "residual_lithium_mg_per_kg",
            "Residual lithium",
            "mg/kg",
            "Lithium of residual LiOH and Li2CO3: V2·c of the titration.",
        ),
        Quantity(
            "water_content_mg_per_kg",
            "Water content",
            "mg/kg",
            "Karl Fischer: (water found − blank − drift) / sample mass.",
            3,
        ),
        Quantity("sample_mass_g", "Sample mass", "g", "Of the portion that was analysed.", 5),
        # What laser diffraction gives.
        Quantity("particle_size_micrometre", "Particle size", "µm", "Diameter of the sphere that scatters alike."),
        Quantity("d10_micrometre", "D10", "µm", "10 % of the volume of all particles is of smaller ones (ISO 9276-2)."),
        Quantity("d50_micrometre", "D50", "µm", "50 % of the volume of all particles is of smaller ones (ISO 9276-2)."),
        Quantity("d90_micrometre", "D90", "µm", "90 % of the volume of all particles is of smaller ones (ISO 9276-2)."),
        Quantity("particle_size_span", "Span", "", "(D90 − D10) / D50.", 3),
        Quantity(
            "volume_density_percent_per_decade",
            "Volume density",
            "%/decade",
            "Volume of a size class / its width in decades of size.",
        ),
        Quantity(
            "cumulative_volume_share",
            "Cumulative volume",
            "",
            "Volume of all smaller particles / of all.",
            percent=True,
        ),
        # What a fracture census gives.
        Quantity(
            "intact_share",
            "Intact",
            "",
            "Particles without a crack / all counted after as many cycles (the most of the census, where none are"
            " named).",
            3,
            percent=True,
        ),
        Quantity(
            "mildly_damaged_share",
            "Mildly damaged",
            "",
            "Cracked, in one piece / all counted after as many cycles (the most of the census, where none are named).",
            3,
            percent=True,
        ),
        Quantity(
            "broken_share",
            "Broken",
            "",
            "Particles in pieces / all counted after as many cycles (the most of the census, where none are named).",
            3,
            percent=True,
        ),
        Quantity("particle_share", "Share of particles", "", "Particles of a class / all counted.", 3, percent=True),
        Quantity(
            "particles_counted",
            "Particles counted",
            "",
            "In all images after as many cycles (the most of the census).",
            6,
            whole=True,
        ),
        Quantity(
            "p_value", "p value", "", "How often chance alone would make the counts differ by as much or more.", 2
        ),
        Quantity("cramers_v", "Cramér's V", "", "√(χ² / (N · (fewer of rows and columns − 1))): 0 alike, 1 apart.", 2),
        Quantity("confidence", "Confidence", "", "How often such an interval holds the true share.", 2, percent=True),
        Quantity("fewest_taps", "Fewest taps", "", "A filling that was tapped less often is doubted.", 6, whole=True),
        Quantity(
            "largest_relative_sd",
            "Largest scatter",
            "",
            "SD / mean of the replicates, above which they are doubted.",
            2,
            percent=True,
        ),
        # What a stack of slices (FIB-SEM, CT) gives.
        Quantity("slice", "Slice", "", "Counted from 1, in the order of the stack.", 6, whole=True),
        Quantity("voxel_size_nm", "Voxel size", "nm", "Edge of a pixel within a slice."),
        Quantity("slice_thickness_nm", "Slice thickness", "nm", "From one slice to the next."),
        Quantity("stack_threshold_grey", "Threshold", "", "Voxels of this grey or darker are pore."),
        Quantity(
            "stack_porosity",
            "Porosity of the stack",
            "",
            "Pore voxels / voxels of the region (particle, sphere or whole stack), noise included.",
            percent=True,
        ),
        Quantity(
            "resolved_porosity",
            "Porosity of resolved pores",
            "",
            "Voxels of pores that are no noise / voxels of the region.",
            percent=True,
        ),
        Quantity("pore_number", "Pores", "", "Connected pores of the noise limit or more.", 6, whole=True),
        Quantity("pore_share", "Share of pores", "", "By number, of the pores that are no noise.", 3, percent=True),
        Quantity("pore_voxel", "Pore volume", "voxels", "Voxels that belong together.", 6, whole=True),
        Quantity(
            "pore_volume_cubic_micrometre",
            "Pore volume",
            "µm³",
            "Voxels that belong together × volume of a voxel.",
        ),
        Quantity(
            "pore_volume_share_small",
            "Small pores",
            "",
            "Number of pores of the smallest class / of all.",
            3,
            percent=True,
        ),
        Quantity(
            "pore_volume_share_medium",
            "Medium pores",
            "",
            "Number of pores of the middle class / of all.",
            3,
            percent=True,
        ),
        Quantity(
            "pore_volume_share_large",
            "Large pores",
            "",
            "Number of pores of the largest class / of all.",
            3,
            percent=True,
        ),
        Quantity("total_pore_volume_cubic_micrometre", "Total pore volume", "µm³", "Of all pores that are no noise."),
        Quantity(
            "largest_pore_volume_cubic_micrometre", "Largest pore", "µm³", "Volume of the largest connected pore."
        ),
        Quantity(
            "second_largest_pore_volume_cubic_micrometre",
            "Second largest pore",
            "µm³",
            "Volume of the next largest pore.",
        ),
        Quantity(
            "largest_pore_voxel", "Largest pore", "voxels", "Where the size of a voxel is not known.", 6, whole=True
        ),
        Quantity(
            "pore_radial_position",
            "Distance from the centre",
            "",
            "Of a pore's centroid, / radius of the particle: 0 is its centre, 1 its surface.",
            3,
        ),
        Quantity(
            "largest_pore_radial_position", "Place of the largest pore", "", "Distance from the centre / radius.", 3
        ),
        Quantity(
            "second_largest_pore_radial_position",
            "Place of the second largest",
            "",
            "Distance from the centre / radius.",
            3,
        ),
        Quantity(
            "stack_particle_diameter_micrometre",
            "Particle diameter",
            "µm",
            "Of the sphere that has the particle's volume, or that was entered.",
        ),
        Quantity("gap_voxel", "Mouths shut", "voxels", "Half the width of pore mouths that are shut.", whole=True),
        Quantity("connectivity", "Neighbours", "", "Voxels touch by faces (6), or by faces, edges and corners (26)."),
        Quantity("noise_limit_cubic_micrometre", "Noise below", "µm³", "Smaller pores are left out as noise.", 3),
        Quantity("medium_from_cubic_micrometre", "Medium from", "µm³", "Smaller pores are of the smallest class.", 3),
        Quantity("large_above_cubic_micrometre", "Large above", "µm³", "Larger pores are of the largest class.", 3),
        # What gas sorption gives.
        Quantity("relative_pressure", "Relative pressure p/p0", "", "Pressure / saturation pressure at the bath."),
        Quantity(
            "loading_mmol_per_g",
            "Amount adsorbed",
            "mmol/g",
            "Per gram of degassed sample; 1 mmol is 22.414 cm³ of gas.",
        ),
        Quantity("temperature_kelvin", "Temperature", "K", "Of the bath around the sample.", 5),
        Quantity(
            "bet_area_m2_per_g",
            "BET area",
            "m²/g",
            "From nitrogen at 77 K, 0.162 nm² a molecule; range by Rouquerol's criteria or chosen; C > 0.",
        ),
        Quantity(
            "bet_area_other_gas_m2_per_g",
            "BET area, other gas",
            "m²/g",
            "From argon or krypton with the cross-section that was chosen; not to be compared with that from nitrogen.",
        ),
        Quantity("bet_c", "BET constant C", "", "Slope / intercept of the BET line + 1; above zero."),
        Quantity("bet_r_squared", "R² of the BET line", "", "Of 1/[n(p0/p − 1)] against p/p0.", 6),
        Quantity("bet_p_low", "BET range from", "", "Relative pressure of the first point of the line.", 3),
        Quantity("bet_p_high", "BET range to", "", "Relative pressure of the last point of the line.", 3),
        Quantity("bet_points", "Points of the BET line", "", "In the BET range.", whole=True),
        Quantity(
            "monolayer_mmol_per_g", "Monolayer", "mmol/g", "1 / (slope + intercept) of the BET line: n in one layer."
        ),
        Quantity("bet_ordinate_g_per_mmol", "1/[n(p0/p − 1)]", "g/mmol", "A line against p/p0 by the BET equation."),
        Quantity(
            "rouquerol_ordinate_mmol_per_g", "n(1 − p/p0)", "mmol/g", "Rises with p/p0 where the BET equation may hold."
        ),
        Quantity(
            "total_pore_volume_cm3_per_g",
            "Total pore volume",
            "cm³/g",
            "Gurvich: amount at the highest p/p0 of adsorption (or a chosen one) as liquid; nitrogen 0.808 g/cm³.",
        ),
        Quantity("pore_volume_pressure", "Pore volume at p/p0", "", "Where the total pore volume was read.", 3),
        Quantity("mean_pore_diameter_nm", "Mean pore diameter", "nm", "4 × total pore volume / BET area."),
        Quantity("pore_diameter_nm", "Pore diameter", "nm", "BJH, cylindrical pores: 2 × (Kelvin radius + layer)."),
        Quantity("pore_volume_cm3_per_g", "Pore volume", "cm³/g", "BJH, of the pores of one interval of diameters."),
        Quantity(
            "cumulative_pore_volume_cm3_per_g", "Cumulative pore volume", "cm³/g", "BJH, from the narrowest pores on."
        ),
        Quantity("dv_dd_cm3_per_g_nm", "dV/dD", "cm³/(g nm)", "BJH pore volume of an interval / its width."),
        Quantity("dv_dlogd_cm3_per_g", "dV/dlogD", "cm³/g", "BJH pore volume of an interval / its decades."),
        Quantity(
            "bjh_mode_diameter_nm",
            "Most frequent pore diameter",
            "nm",
            "Where the BJH dV/dlogD is highest, of pores of 2 nm and wider.",
            3,
        ),
        Quantity(
            "bjh_pore_volume_cm3_per_g",
            "BJH pore volume",
            "cm³/g",
            "Of all pores of 2 nm and wider, up to p/p0 = 0.99.",
        ),
        # Impedance.
        Quantity("frequency_hertz", "Frequency", "Hz", "Of the alternating signal.", 6),
        Quantity("real_impedance_ohm", "Z′", "ohm", "Real part of the impedance."),
        Quantity(
            "imaginary_impedance_ohm",
            "Z″",
            "ohm",
            "Imaginary part of the impedance with its sign; a capacitor is negative.",
        ),
        Quantity(
            "negative_imaginary_impedance_ohm",
            "−Z″",
            "ohm",
            "Negative imaginary part of the impedance, as Nyquist plots draw it.",
        ),
        Quantity("impedance_modulus_ohm", "|Z|", "ohm", "√(Z′² + Z″²)."),
        Quantity("phase_degree", "Phase", "°", "Of the impedance; −90° is a capacitor."),
        Quantity("ohmic_resistance_ohm", "Ohmic resistance", "ohm", "First series resistor of the fitted circuit."),
        Quantity(
            "charge_transfer_resistance_ohm",
            "Charge-transfer resistance",
            "ohm",
            "Resistor of the fitted circuit that was named, else of the last arc before the diffusion.",
        ),
        Quantity(
            "charge_transfer_resistance_low_ohm",
            "Charge-transfer resistance, from",
            "ohm",
            "Lower end of its 95 % confidence interval.",
        ),
        Quantity(
            "charge_transfer_resistance_high_ohm",
            "Charge-transfer resistance, to",
            "ohm",
            "Upper end of its 95 % confidence interval.",
        ),
        Quantity(
            "polarisation_resistance_ohm",
            "Polarisation resistance",
            "ohm",
            "Sum of the resistors of all arcs of the fitted circuit.",
        ),
        Quantity(
            "high_frequency_intercept_ohm",
            "High-frequency intercept",
            "ohm",
            "Z′ where Z″ first crosses 0 from the highest frequency on; by a straight line between two points.",
        ),
        Quantity(
            "fit_rms_error",
            "Fit error, rms",
            "",
            "√ mean of (measured − fit)² / |Z|², over real and imaginary parts.",
            3,
            percent=True,
        ),
        Quantity("fitted_points", "Fitted points", "", "Frequencies in the fit of the circuit.", whole=True),
        Quantity(
            "kramers_kronig_residual",
            "Kramers-Kronig residual",
            "",
            "(Measured − Kramers-Kronig transformable) / |Z|.",
            3,
            percent=True,
        ),
        Quantity(
            "kramers_kronig_max_residual",
            "Kramers-Kronig residual, largest",
            "",
            "Largest of the residuals of the linear Kramers-Kronig test.",
            3,
            percent=True,
        ),
        Quantity(
            "kramers_kronig_rms_residual",
            "Kramers-Kronig residual, rms",
            "",
            "Root mean square of the residuals of the linear Kramers-Kronig test.",
            3,
            percent=True,
        ),
        Quantity(
            "kramers_kronig_elements", "RC elements of the test", "", "In the linear Kramers-Kronig test.", whole=True
        ),
        # What a calorimeter and a thermobalance give.
        Quantity("time_second", "Time", "s", "Since the measurement began.", 6),
        Quantity("time_minute", "Time", "min", "Since the measurement began.", 6),
        Quantity("heat_flow_milliwatt", "Heat flow", "mW", "As the calorimeter gives it."),
        Quantity("heat_flow_watt_per_gram", "Heat flow", "W/g", "Heat flow / reference mass."),
        Quantity(
            "heat_flow_microvolt",
            "DSC signal",
            "µV",
            "Of the sensor, where its sensitivity is not known: no heat flow yet.",
        ),
        Quantity(
            "reference_mass_mg",
            "Reference mass",
            "mg",
            "What heat is per gram of; the sample mass where none is entered.",
        ),
        Quantity(
            "dsc_onset_celsius",
            "Onset",
            "°C",
            "Extrapolated onset of the largest peak: where the tangent of its rising flank meets the baseline.",
        ),
        Quantity("dsc_peak_celsius", "Peak temperature", "°C", "Where the largest peak is furthest from its baseline."),
        Quantity(
            "dsc_enthalpy_joule_per_gram",
            "Heat",
            "J/g",
            "Area between the largest peak and its baseline / reference mass; positive, whether given off or taken up.",
        ),
        Quantity(
            "dsc_total_enthalpy_joule_per_gram",
            "Heat of all peaks",
            "J/g",
            "Sum over the peaks that point the way of the largest.",
        ),
        Quantity("dsc_heat_millijoule", "Heat of the pan", "mJ", "Area between the largest peak and its baseline."),
        Quantity(
            "dsc_peak_height_watt_per_gram",
            "Peak height",
            "W/g",
            "Largest distance of the largest peak from its baseline.",
        ),
        Quantity(
            "dsc_reference_mass_mg", "Heat is per gram of", "mg", "The reference mass that the heat was divided by."
        ),
        Quantity(
            "scan_rate_celsius_per_min",
            "Scan rate",
            "°C/min",
            "Median slope of the sample temperature in the heating; negative where it was cooled.",
        ),
        Quantity("mass_milligram", "Mass", "mg", "As the thermobalance reads it.", 5),
        Quantity(
            "mass_percent", "Mass", "%", "Mass / sample mass; of the first record where no sample mass is stated.", 5
        ),
        Quantity(
            "mass_rate_percent_per_min", "Rate of the mass", "%/min", "Slope of the mass, smoothed; negative: lost."
        ),
        Quantity(
            "mass_loss_percent", "Mass loss", "%", "First − last mass of the record; negative where mass was gained."
        ),
        Quantity("residue_percent", "Residue", "%", "Last mass of the record."),
        Quantity("main_step_loss_percent", "Loss of the largest step", "%", "Mass before it − mass after it."),
        Quantity(
            "mass_change_onset_celsius",
            "Onset of the largest step",
            "°C",
            "Where the tangent at its fastest point meets the mass before it.",
        ),
        Quantity("fastest_mass_change_celsius", "Fastest change", "°C", "Where the largest step is fastest."),
        Quantity("ion_pressure_mbar", "Partial pressure", "mbar", "Of one channel of the mass spectrometer."),
        Quantity("least_step_percent", "Least step", "%", "A smaller change of the mass is no step of its own.", 3),
        Quantity(
            "smoothing_second", "Smoothing", "s", "Standard deviation of the Gaussian that the mass is smoothed by.", 3
        ),
        # What diffraction gives.
        Quantity("two_theta_degree", "2θ", "°", "Twice the Bragg angle θ.", 6),
        Quantity("two_theta_sd_degree", "2θ, uncertainty", "°", "Standard uncertainty of the fitted position.", 2),
        Quantity("d_spacing_angstrom", "d", "Å", "Lattice spacing: λ / (2 sin θ).", 6),
        Quantity("momentum_transfer_per_angstrom", "Q", "1/Å", "4π sin θ / λ, which is 2π/d.", 5),
        Quantity("wavelength_angstrom", "Wavelength", "Å", "Of Kα1, or the only one; never taken from nothing.", 7),
        Quantity("alpha2_angstrom", "Wavelength of Kα2", "Å", "The second line of the tube's doublet.", 7),
        Quantity("alpha2_ratio", "I(Kα2)/I(Kα1)", "", "Ratio of the two lines; 0 where there is one wavelength.", 3),
        Quantity("intensity_counts", "Intensity", "counts", "As counted; corrected for a beam attenuator.", 6),
        Quantity("intensity_cps", "Intensity", "counts/s", "As the file has it.", 5),
        Quantity("intensity_arbitrary", "Intensity", "arb. u.", "On a scale that the file does not state.", 5),
        Quantity("intensity_sd", "Intensity, deviation", "", "As the file has it, in the unit of its intensity.", 3),
        Quantity("normalised_intensity", "Intensity", "", "Of each pattern on its own largest.", 3),
        Quantity("relative_intensity", "Relative intensity", "", "Of the strongest reflection.", 3, percent=True),
        Quantity("observed_intensity", "Intensity", "", "As measured, in the unit of the pattern.", 5),
        Quantity("background_intensity", "Background", "", "Clipped, with the lines under the fitted peaks.", 5),
        Quantity("fitted_intensity", "Fit", "", "Background and peaks.", 5),
        Quantity("counting_time_second", "Counting time", "s", "Of one point of the pattern."),
        Quantity("fwhm_degree", "FWHM", "°", "Full width of Kα1 at half of its height.", 3),
        Quantity("fwhm_sd_degree", "FWHM, uncertainty", "°", "Standard uncertainty of the fit.", 2),
        Quantity("peak_area", "Peak area", "", "Above the background, both lines of the doublet: intensity × degree."),
        Quantity("peak_area_sd", "Peak area, uncertainty", "", "Standard uncertainty of the fit.", 2),
        Quantity("relative_area", "Relative area", "", "Peak area / that of the largest peak.", 3, percent=True),
        Quantity("peak_height", "Peak height", "", "Of Kα1 above the background."),
        Quantity("lorentzian_share", "Lorentzian", "", "Share of the Lorentzian in the profile.", 2, percent=True),
        Quantity("calculated_two_theta_degree", "2θ of the cell", "°", "Where the refined cell has the line.", 6),
        Quantity("multiplicity", "Multiplicity", "", "Planes of one d.", 3, whole=True),
        Quantity(
            "i003_to_i104",
            "I(003)/I(104)",
            "",
            "Ratio of the fitted areas of the two lines, background taken off, both lines of the doublet.",
        ),
        Quantity(
            "lattice_a_angstrom",
            "a",
            "Å",
            "Hexagonal axis of R-3m by weighted least squares of 1/d² over the named lines.",
            6,
        ),
        Quantity(
            "lattice_c_angstrom",
            "c",
            "Å",
            "Hexagonal axis of R-3m by weighted least squares of 1/d² over the named lines.",
            6,
        ),
        Quantity("lattice_c_to_a", "c/a", "", "Of the refined cell; 4.899 would be cubic.", 5),
        Quantity("cell_volume_angstrom3", "Cell volume", "Å³", "(√3/2)·a²·c: three formula units of LiMO2.", 5),
        Quantity("splitting_006_102_degree", "Splitting (006)/(102)", "°", "2θ(102) − 2θ(006), both fitted.", 3),
        Quantity("splitting_108_110_degree", "Splitting (108)/(110)", "°", "2θ(110) − 2θ(108), both fitted.", 3),
        Quantity("position_shift_degree", "Shift of 2θ", "°", "Refined error of all angles; of a sample at 2θ = 0.", 2),
        Quantity("indexed_lines", "Lines", "", "From which the cell was refined.", whole=True),
        Quantity(
            "indexed_area_share",
            "Explained area",
            "",
            "Share of the area of all peaks in those of the layered structure.",
            3,
            percent=True,
        ),
        Quantity("background_window_degree", "Background window", "°", "To either side; narrower peaks stay.", 3),
        # What a refinement program wrote; never computed here.
        Quantity("rietveld_a_angstrom", "a (Rietveld)", "Å", "As the refinement program wrote it.", 6),
        Quantity("rietveld_b_angstrom", "b (Rietveld)", "Å", "As the refinement program wrote it.", 6),
        Quantity("rietveld_c_angstrom", "c (Rietveld)", "Å", "As the refinement program wrote it.", 6),
        Quantity("rietveld_volume_angstrom3", "Cell volume (Rietveld)", "Å³", "As the refinement program wrote it.", 5),
        Quantity(
            "li_ni_mixing",
            "Li/Ni mixing",
            "",
            "Nickel on the lithium site / all atoms there, as refined by Rietveld; nothing where it was not refined.",
            3,
            percent=True,
        ),
        Quantity(
            "lithium_on_metal_site",
            "Li on the metals' site",
            "",
            "Lithium on the site of the transition metals / all atoms there, as refined by Rietveld.",
            3,
            percent=True,
        ),
        Quantity("rwp", "Rwp", "", "Weighted profile residual, not corrected for the background.", 3, percent=True),
        Quantity("rp", "Rp", "", "Profile residual, not corrected for the background.", 3, percent=True),
        Quantity("rexp", "Rexp", "", "Rwp that counting statistics alone would leave.", 3, percent=True),
        Quantity("gof", "GOF", "", "Goodness of fit, Rwp / Rexp: the root of the reduced χ².", 3),
        Quantity("r_bragg", "R(Bragg)", "", "Residual of the integrated intensities of a phase.", 3, percent=True),
        Quantity("r_f_squared", "R(F²)", "", "Residual of |F|² of a phase, as GSAS-II gives it.", 3, percent=True),
        Quantity("phase_weight_fraction", "Weight fraction", "", "Of the phase, as refined.", 3, percent=True),
        Quantity("weight_fraction", "Weight fraction", "", "Of a phase, as refined.", 3, percent=True),
        Quantity("occupancy", "Occupancy", "", "Of a site by an atom; 1 is a full site."),
    )
}

# What may follow the name of a quantity: a pattern with the number, in words, as the end of the definition.
WHERE = (
    (re.compile(r"_at_(\d+)"), "at cycle {}", "At ageing cycle {}."),
    (re.compile(r"_at_(\d+(?:\.\d+)?)C"), "at {} C", "At a discharge of {} C."),
    (re.compile(r"_after_(\d+)_day"), "after {} days", "After {} days of storage."),
)


def base_of(name: str) -> tuple[str, str]:
    """The quantity that a name begins with, and where it is taken, in words: `capacity_retention_at_100` is
    ("capacity_retention", "at cycle 100"); a name that stands for itself has no such words.

    Raises:
        KeyError: no quantity has that name.
    """
    base, words, _ = _parted(name)
    return base, words


def quantity(name: str) -> Quantity:
    """The quantity of a name; `capacity_retention_at_100` is the capacity retention at ageing cycle 100,
    `specific_energy_wh_per_kg_at_0.33C` is the specific energy of a discharge at 0.33 C, and
    `recovered_capacity_share_after_42_day` is what was recovered after 42 days of storage.

    Raises:
        KeyError: no quantity has that name.
    """
    base, words, sentence = _parted(name)
    about = QUANTITIES[base]
    if not words:
        return about
    return replace(about, name=name, label=f"{about.label} {words}", definition=f"{about.definition} {sentence}")


def _parted(name: str) -> tuple[str, str, str]:
    if name in QUANTITIES:
        return name, "", ""
    for pattern, words, sentence in WHERE:
        match = re.search(f"{pattern.pattern}$", name)
        if match and name[: match.start()] in QUANTITIES:
            number = match[1] if "." in match[1] else str(int(match[1]))
            return name[: match.start()], words.format(number), sentence.format(number)
    raise KeyError(name)
