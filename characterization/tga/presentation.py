"""How thermogravimetric curves are shown, adjusted and compared. Pure."""

from __future__ import annotations

from characterization.dsc.presentation import HEAVIEST_MG, check
from characterization.tga.plots import ions, record
from characterization.thermal.mass import LEAST_STEP_PERCENT
from characterization.thermal.plots import mass_figure
from characterization.thermal.recording import COLDEST_CELSIUS, HOTTEST_CELSIUS
from labdb.ingest.presentation import Choice, Drawing, Presentation

TGA = Presentation(
    drawings=(
        Drawing(
            "mass",
            "Mass",
            mass_figure,
            quantities=("mass_percent", "mass_loss_percent", "residue_percent", "mass_change_onset_celsius"),
            table="mass_curve",
            about="With its rate, and where each step begins and ends.",
        ),
        Drawing(
            "record",
            "The record against time",
            record,
            quantities=("scan_rate_celsius_per_min",),
            table="mass_curve",
            single=True,
            about="Shaded where the temperature was held.",
        ),
        Drawing(
            "ions",
            "Mass spectrometer",
            ions,
            quantities=("ion_pressure_mbar",),
            table="ions",
            single=True,
            about="What left the thermobalance, channel by channel.",
        ),
    ),
    choices=(
        Choice(
            "from_celsius",
            "Analyse from",
            unit="°C",
            help="empty: from the beginning",
            lowest=COLDEST_CELSIUS,
            highest=HOTTEST_CELSIUS,
        ),
        Choice(
            "to_celsius",
            "Analyse to",
            unit="°C",
            help="empty: to the end",
            lowest=COLDEST_CELSIUS,
            highest=HOTTEST_CELSIUS,
        ),
        Choice(
            "sample_mass_mg",
            "Sample mass",
            unit="mg",
            help="what is 100 %; empty: as the file says, else the first record",
            lowest=0.001,
            highest=HEAVIEST_MG,
        ),
        Choice(
            "least_step_percent",
            "Least step",
            unit="%",
            help=f"smaller ones are none; empty: {LEAST_STEP_PERCENT:g}",
            lowest=0.001,
            highest=100,
        ),
        Choice(
            "smoothing_second",
            "Smoothing of the rate",
            unit="s",
            help="standard deviation; empty: 0.2 % of the record",
            lowest=0.01,
            highest=100_000,
        ),
    ),
    compared=(
        "mass_loss_percent",
        "residue_percent",
        "main_step_loss_percent",
        "mass_change_onset_celsius",
        "fastest_mass_change_celsius",
    ),
    check=check,
)
