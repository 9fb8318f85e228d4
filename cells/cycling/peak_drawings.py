"""The figures of followed peaks and of mean voltages, as the pages list them. Pure."""

from __future__ import annotations

from cells.cycling import peak_plots
from labdb.ingest.presentation import Drawing

PEAKS: tuple[Drawing, ...] = (
    Drawing(
        "dq-dv-cycles",
        "dQ/dV as the cell ages",
        peak_plots.dq_dv_at_cycles,
        quantities=("dq_dv_mah_per_g_volt", "voltage_volt", "ageing_index"),
        table="dq_dv",
        about="circles: the followed peaks; discharge below zero",
        typed="Ageing cycles",
    ),
    Drawing(
        "dq-dv-peaks",
        "Peaks of dQ/dV against cycle",
        peak_plots.peak_positions,
        quantities=("voltage_volt", "peak", "h2_h3_charge_shift_millivolt", "h2_h3_discharge_shift_millivolt"),
        table="dq_dv_peaks",
        about="charge: triangles up, discharge: triangles down",
    ),
    Drawing(
        "polarisation",
        "Polarisation against cycle",
        peak_plots.polarisations,
        quantities=("dq_dv_polarisation_millivolt",),
        table="dq_dv_peaks",
        about="charge peak − discharge peak of the same transition",
    ),
    Drawing(
        "mean-voltage",
        "Mean voltages against cycle",
        peak_plots.mean_voltages_by_cycle,
        quantities=("mean_voltage_volt", "mean_voltage_gap_millivolt"),
        table="cycles",
        about="dotted: charge",
    ),
    Drawing(
        "mean-voltage-decay",
        "Mean-voltage decay",
        peak_plots.mean_voltage_decay,
        quantities=("mean_discharge_voltage_change_millivolt",),
        table="cycles",
        about="mean discharge voltage − that of the first ageing cycle",
    ),
)
