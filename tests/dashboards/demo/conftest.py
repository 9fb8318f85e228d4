"""The cells of the demo study as labdb sees them: from their files, through its own readers and analyses."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cells.cycling.join import join
from cells.cycling.technique import CYCLING
from dashboards.demo.simulate.files import simulate
from dashboards.demo.simulate.hot_storage import STORAGE_CELSIUS
from dashboards.demo.simulate.specimens import Specimen, specimens
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis, Scalar


@dataclass(frozen=True)
class Studied:
    """One cell, and what was found of it."""

    specimen: Specimen
    analysis: Analysis

    @property
    def results(self) -> dict[str, Scalar]:
        return {scalar.quantity: scalar for scalar in self.analysis.scalars}


@pytest.fixture(scope="session")
def studied(tmp_path_factory) -> list[Studied]:
    """Every cell of the study."""
    found = []
    for files in simulate(specimens(), tmp_path_factory.mktemp("study")):
        readings = []
        for path in files.paths:
            (match,) = matches(FileHead.of(path), [CYCLING])
            readings.append(match.reader.read(path, path.name))
            path.unlink()
        cell = files.specimen.cell
        told = {
            "active_mass_mg": cell.active_mass_mg,
            "nominal_specific_capacity_mah_per_g": cell.one_c_a_per_g * 1000,
        }
        if files.specimen.kind.name == "storage":
            told["storage_temperature_celsius"] = STORAGE_CELSIUS
        table = CYCLING.schema.conform(join(readings).table)
        analysis = CYCLING.analysed([], table, told, lambda fraction, doing: None)
        found.append(Studied(files.specimen, analysis))
    return found
