"""The figures of rate tests and of specific energies, for the page of a test and the comparison of cells. Pure."""

from __future__ import annotations

from cells.cycling import rate_plots
from labdb.ingest.presentation import Drawing

RATES = (
    Drawing(
        "rate-cycles",
        "Rate capability",
        rate_plots.capacity_by_cycle,
        quantities=("discharge_capacity_mah_per_g", "c_rate"),
        table="rate",
        about="the C-rate of the discharge stands below",
    ),
    Drawing(
        "rate-capability",
        "Capacity against C-rate",
        rate_plots.capacity_against_rate,
        quantities=("rate_capacity_mah_per_g", "rate_ratio", "c_rate"),
        table="rate",
        about="medians of the cycles at each rate, bars: SD",
    ),
    Drawing(
        "specific-energy",
        "Specific energy at C-rates",
        rate_plots.energy_at_rates,
        quantities=("specific_energy_wh_per_kg", "c_rate"),
        table="energies",
        about="bars: mean ± SD of the cells of a group; points: cells",
    ),
)
