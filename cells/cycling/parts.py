"""The parts of the analysis of a cycling test, in their order; a new one is a line here. Pure."""

from __future__ import annotations

from cells.cycling import energies, mean_voltage, peaks, rate
from cells.cycling.part import Part
from cells.hppc import analysis as hppc
from cells.storage import analysis as storage

# What it is doing, as the progress says, and what does it.
PARTS: tuple[tuple[str, Part], ...] = (
    ("comparing rates", rate.analyse),
    ("comparing energies", energies.analyse),
    ("looking for storage", storage.analyse),
    ("measuring pulses", hppc.analyse),
    ("comparing mean voltages", mean_voltage.analyse),
    ("following the peaks of dQ/dV", peaks.analyse),
)
