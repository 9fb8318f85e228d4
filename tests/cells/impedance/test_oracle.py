"""Circuits and their fits, held against the field's own library, impedance.py (imported by tests only)."""

from __future__ import annotations

import numpy as np
import pytest
from impedance.models.circuits import CustomCircuit

from cells.impedance.analysis import spectrum_of
from cells.impedance.circuit import parse
from cells.impedance.fit import fit
from cells.impedance.readers import READERS
from labdb.ingest.reader import FileHead
from tests.cells.impedance.test_analysis import FREQUENCY, OTHERS, RANDLES, TWO_ARCS, impedance

pytestmark = pytest.mark.filterwarnings("ignore")  # its own

CIRCUITS = (RANDLES, TWO_ARCS, *OTHERS)
REAL = ("exampleData.csv", "exampleDataGamry.DTA", "exampleDataBioLogic.mpt", "exampleDataZPlot.z")


def theirs(circuit: str, values: dict[str, float]) -> CustomCircuit:
    """Their circuit of the same text, whose values stand in the order of the text."""
    return CustomCircuit(circuit, initial_guess=[values[name] for name in parse(circuit).parameters])


def rms(found: np.ndarray, measured: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.abs(found - measured) ** 2 / np.abs(measured) ** 2) / 2))


@pytest.mark.parametrize(("circuit", "values"), CIRCUITS, ids=[circuit for circuit, _ in CIRCUITS])
def test_a_circuit_has_the_impedance_that_the_library_gives_it(circuit, values):
    told = theirs(circuit, values).predict(FREQUENCY, use_initial=True)
    assert parse(circuit).impedance(values, FREQUENCY) == pytest.approx(told, rel=1e-9)


@pytest.mark.parametrize(("circuit", "values"), CIRCUITS, ids=[circuit for circuit, _ in CIRCUITS])
def test_a_fit_without_a_start_is_as_good_as_theirs_from_the_true_values(circuit, values):
    """Half a percent of noise; they begin at the answer, we begin at the data."""
    measured = impedance(circuit, values, noise=0.005, seed=3)
    ours = fit(parse(circuit), FREQUENCY, measured)
    told = theirs(circuit, values)
    told.fit(FREQUENCY, measured, weight_by_modulus=True)
    assert ours.rms <= rms(told.predict(FREQUENCY), measured) * 1.001
    if (circuit, values) in (RANDLES, TWO_ARCS, OTHERS[0]):  # the others hold values that a spectrum barely determines
        for name, theirs_value in zip(parse(circuit).parameters, told.parameters_, strict=True):
            assert ours.values[name] == pytest.approx(theirs_value, rel=0.01), name


@pytest.mark.parametrize("name", REAL)
def test_a_measured_spectrum_is_fitted_as_well_as_the_library_can_from_our_values(real_data, name):
    path = real_data / "eis" / name
    head = FileHead.of(path)
    reader = next(reader for reader in READERS if reader.recognises(head))
    spectrum = spectrum_of(reader.read(path, name).table, 1)
    frequency, measured = spectrum.frequency, spectrum.impedance
    ours = fit(parse("R0-p(R1,CPE1)-p(R2,CPE2)-W1"), frequency, measured)
    told = theirs("R0-p(R1,CPE1)-p(R2,CPE2)-W1", ours.values)
    told.fit(frequency, measured, weight_by_modulus=True)
    assert ours.rms <= rms(told.predict(frequency), measured) * 1.001
