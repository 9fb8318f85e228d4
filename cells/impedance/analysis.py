"""An impedance spectrum: Kramers-Kronig test, equivalent circuit, charge-transfer resistance. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from cells.impedance.circuit import Circuit, CircuitError, Element, parse
from cells.impedance.fit import Estimate, Fit, fit
from cells.impedance.kramers_kronig import KramersKronig, linear_test
from cells.impedance.table import ELEMENTS, FIT, KRAMERS_KRONIG
from labdb.ingest.technique import Analysis, Progress, Scalar, no_progress

DEFAULT_CIRCUIT = "R0-p(R1,CPE1)-p(R2,CPE2)-W1"
NEGATED = "negated"
LEAST_POINTS = 3
MOST_POINTS = 1000
# A spectrum that leaves more than this in the Kramers-Kronig test is not to be trusted.
KK_MAX, KK_RMS = 0.02, 0.01
# A circuit that leaves more than this does not describe the spectrum.
POOR_FIT = 0.03
# A value whose 95 % interval spans more than this factor is not determined by the data.
WIDEST = 4.0


@dataclass(frozen=True)
class Parameters:
    """What the analysis depends on beside the table; None is what `analyse` says.

    Attributes:
        circuit: one of those offered.
        circuit_text: one written by hand, in its place.
        rct_element: the resistor that is the charge transfer; None for that of the last arc before the diffusion.
        spectrum_count: which spectrum of the file; None for the first.
        frequency_low_hertz, frequency_high_hertz: the range that is fitted; None for all.
        imaginary_sign: "negated" where a file holds −Im(Z) without saying so.
    """

    circuit: str = DEFAULT_CIRCUIT
    circuit_text: str | None = None
    rct_element: str | None = None
    spectrum_count: int | None = None
    frequency_low_hertz: float | None = None
    frequency_high_hertz: float | None = None
    imaginary_sign: str | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Parameters:
        """Those of a run; names of another version are left out."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in parameters.items() if name in known and value is not None})

    def read_circuit(self) -> Circuit:
        """
        Raises:
            CircuitError: the text is no circuit.
        """
        return parse(self.circuit_text or self.circuit)


@dataclass(frozen=True)
class Spectrum:
    """One spectrum, its frequencies falling.

    Attributes:
        frequency: Hz, shape (n,).
        impedance: ohm, complex, with the sign of its imaginary part.
    """

    frequency: np.ndarray
    impedance: np.ndarray

    def only(self, kept: np.ndarray) -> Spectrum:
        return Spectrum(self.frequency[kept], self.impedance[kept])


def check(parameters: Mapping[str, Any]) -> None:
    """The choices of a person, together.

    Raises:
        ValueError: the circuit cannot be read, has no such resistor, or the range of frequencies is empty.
    """
    chosen = Parameters.of(parameters)
    circuit = chosen.read_circuit()
    if chosen.rct_element:
        _resistor(circuit, chosen.rct_element)
    low, high = chosen.frequency_low_hertz, chosen.frequency_high_hertz
    if low is not None and high is not None and low >= high:
        raise ValueError(f"The frequencies run from {low:g} to {high:g} Hz; the first must be the lower one.")


def _resistor(circuit: Circuit, name: str) -> str:
    resistors = [element.name for element in circuit.elements if element.kind == "R"]
    if name not in resistors:
        raise ValueError(
            f"{name} is no resistor of {circuit}; choose one of {', '.join(resistors) or 'another circuit'}."
        )
    return name


def spectrum_of(table: pl.DataFrame, number: int, sign: str | None = None) -> Spectrum:
    """One spectrum of a `SPECTRUM` table; of a table without numbers, all of it."""
    if "spectrum_count" in table.columns:
        table = table.filter(pl.col("spectrum_count") == number)
    table = table.sort("frequency_hertz", descending=True)
    turned = -1.0 if sign == NEGATED else 1.0
    impedance = table["real_impedance_ohm"].to_numpy() + 1j * turned * table["imaginary_impedance_ohm"].to_numpy()
    return Spectrum(table["frequency_hertz"].to_numpy(), impedance)


def spectra_in(table: pl.DataFrame) -> list[int]:
    return table["spectrum_count"].unique().sort().to_list() if "spectrum_count" in table.columns else [1]


def analyse(table: pl.DataFrame, parameters: Mapping[str, Any], progress: Progress = no_progress) -> Analysis:
    """Test a spectrum by Kramers and Kronig, and fit an equivalent circuit to it.

    The test takes all points. The fit leaves out the points of the highest frequencies whose imaginary part is positive
    (cables, windings), unless the circuit has an inductor.

    Args:
        table: a `SPECTRUM` table.
        parameters: by the names of `Parameters`.

    Returns:
        Tables `kramers_kronig`, and where a circuit could be fitted `fit` and `elements`. A resistance that the data
        do not determine (its 95 % interval spans more than a factor of 4) is no scalar; a warning says so.
    """
    chosen = Parameters.of(parameters)
    said: list[str] = []
    spectrum = _chosen_spectrum(table, chosen, said)
    if spectrum is None:
        return Analysis(warnings=tuple(said))
    progress(0.1, "testing by Kramers and Kronig")
    test = linear_test(spectrum.frequency, spectrum.impedance)
    _doubt(test, said)
    scalars = [
        Scalar("kramers_kronig_max_residual", test.largest),
        Scalar("kramers_kronig_rms_residual", test.rms),
        Scalar("kramers_kronig_elements", test.elements),
    ]
    if (crossing := high_frequency_intercept(spectrum)) is not None:
        scalars.append(Scalar("high_frequency_intercept_ohm", crossing))
    residuals = pl.DataFrame(
        {
            "frequency_hertz": spectrum.frequency,
            "real_residual": test.real,
            "imaginary_residual": test.imaginary,
        }
    )
    tables = {"kramers_kronig": KRAMERS_KRONIG.conform(residuals)}
    try:
        circuit = chosen.read_circuit()
        progress(0.3, f"fitting {circuit}")
        fitted = _to_fit(spectrum, circuit, chosen, said)
        found = fit(circuit, fitted.frequency, fitted.impedance)
    except CircuitError as error:
        return Analysis(tuple(scalars), tables, (*said, f"{error} No circuit was fitted."))
    except ValueError as error:
        return Analysis(tuple(scalars), tables, (*said, f"no circuit was fitted: {error}"))
    scalars += _scalars(circuit, found, chosen, said)
    tables["fit"] = FIT.conform(_fit_table(fitted, found))
    tables["elements"] = ELEMENTS.conform(pl.DataFrame([asdict(one) for one in found.estimates]))
    return Analysis(tuple(scalars), tables, tuple(said))


def _chosen_spectrum(table: pl.DataFrame, chosen: Parameters, said: list[str]) -> Spectrum | None:
    numbers = spectra_in(table)
    number = chosen.spectrum_count or 1
    if number not in numbers:
        said.append(f"there is no spectrum {number} in the file, which has {len(numbers)}; choose another")
        return None
    if len(numbers) > 1 and chosen.spectrum_count is None:
        said.append(f"the file holds {len(numbers)} spectra; the first was analysed, another can be chosen")
    spectrum = spectrum_of(table, number, chosen.imaginary_sign)
    if len(spectrum.frequency) < LEAST_POINTS:
        there = len(spectrum.frequency)
        said.append(f"spectrum {number} has {there} point{'' if there == 1 else 's'}, too few to be analysed")
        return None
    if len(spectrum.frequency) > MOST_POINTS:
        kept = np.unique(np.linspace(0, len(spectrum.frequency) - 1, MOST_POINTS).astype(int))
        said.append(f"{MOST_POINTS} of the {len(spectrum.frequency)} points were analysed, evenly chosen")
        spectrum = spectrum.only(kept)
    return spectrum


def _doubt(test: KramersKronig, said: list[str]) -> None:
    if test.largest > KK_MAX or test.rms > KK_RMS:
        said.append(
            f"the Kramers-Kronig test leaves up to {test.largest:.1%} (rms {test.rms:.1%}) of |Z|: the cell drifted,"
            " the amplitude was too large, or points are disturbed; doubt the fit there"
        )


def high_frequency_intercept(spectrum: Spectrum) -> float | None:
    """Z' where Z'' first crosses 0 from the highest frequency on, between two points by a straight line.

    None where it does not cross.
    """
    real, imaginary = spectrum.impedance.real, spectrum.impedance.imag
    for place in range(len(imaginary) - 1):
        first, second = imaginary[place], imaginary[place + 1]
        if first == 0:
            return float(real[place])
        if first * second < 0:
            share = first / (first - second)
            return float(real[place] + share * (real[place + 1] - real[place]))
    return None


def _to_fit(spectrum: Spectrum, circuit: Circuit, chosen: Parameters, said: list[str]) -> Spectrum:
    """
    Raises:
        ValueError: the chosen range holds too few points.
    """
    low, high = chosen.frequency_low_hertz or 0.0, chosen.frequency_high_hertz or np.inf
    inside = spectrum.only((spectrum.frequency >= low) & (spectrum.frequency <= high))
    if len(inside.frequency) < LEAST_POINTS:
        raise ValueError(f"{len(inside.frequency)} points lie in the chosen range of frequencies; widen it")
    if circuit.has("L"):
        return inside
    capacitive = np.flatnonzero(inside.impedance.imag <= 0)
    first = int(capacitive[0]) if len(capacitive) else len(inside.frequency)
    if len(inside.frequency) - first < LEAST_POINTS:
        raise ValueError(
            "the imaginary part is positive at nearly all frequencies; if the file holds −Im(Z), choose so, or choose a"
            " circuit with an inductor"
        )
    if first:
        said.append(
            f"{first} points above {inside.frequency[first]:.4g} Hz, where the imaginary part is positive, were left"
            " out of the fit; a circuit with an inductor takes them"
        )
    return inside.only(np.arange(first, len(inside.frequency)))


def determined(estimate: Estimate | None) -> bool:
    """Whether the data say what a value is."""
    if estimate is None or estimate.at_bound or not np.isfinite([estimate.low, estimate.high]).all():
        return False
    return estimate.low > 0 and estimate.high <= WIDEST * estimate.low


def _scalars(circuit: Circuit, found: Fit, chosen: Parameters, said: list[str]) -> list[Scalar]:
    scalars = [Scalar("fit_rms_error", found.rms), Scalar("fitted_points", len(found.impedance))]
    if found.rms > POOR_FIT:
        said.append(f"the circuit {circuit} leaves {found.rms:.1%} of |Z| (rms): it does not describe the spectrum")
    ohmic = found.estimate(circuit.ohmic.name) if circuit.ohmic else None
    if ohmic and determined(ohmic):
        scalars.append(Scalar("ohmic_resistance_ohm", ohmic.value))
    elif ohmic:
        said.append(f"the ohmic resistance {ohmic.parameter} is not determined by the spectrum")
    name = chosen.rct_element or (circuit.charge_transfer.name if circuit.charge_transfer else "")
    if not name:
        said.append(f"{circuit} has no arc with a resistor; choose the resistor that is the charge transfer")
    elif chosen.rct_element and found.estimate(chosen.rct_element) is None:
        said.append(f"{chosen.rct_element} is no resistor of {circuit}; no charge-transfer resistance is given")
    elif (transfer := found.estimate(name)) and determined(transfer):
        scalars += [
            Scalar("charge_transfer_resistance_ohm", transfer.value),
            Scalar("charge_transfer_resistance_low_ohm", transfer.low),
            Scalar("charge_transfer_resistance_high_ohm", transfer.high),
        ]
    else:
        said.append(
            f"the charge-transfer resistance {name} is not determined by the spectrum; choose a smaller circuit,"
            " another resistor or another range of frequencies"
        )
    resistors = [
        found.estimate(element.name)
        for arc in circuit.arcs
        for branch in arc.branches
        for element in branch.parts
        if isinstance(element, Element) and element.kind == "R"
    ]
    if resistors and all(map(determined, resistors)):
        total = sum(one.value for one in resistors if one)
        scalars.append(Scalar("polarisation_resistance_ohm", total))
    loose = [one.parameter for one in found.estimates if one.at_bound]
    if loose:
        said.append(f"{', '.join(loose)} ended at the edge of what is allowed: the circuit may have too many elements")
    return scalars


def _fit_table(spectrum: Spectrum, found: Fit) -> pl.DataFrame:
    residual = (spectrum.impedance - found.impedance) / np.abs(spectrum.impedance)
    return pl.DataFrame(
        {
            "frequency_hertz": spectrum.frequency,
            "real_impedance_ohm": found.impedance.real,
            "imaginary_impedance_ohm": found.impedance.imag,
            "real_residual": residual.real,
            "imaginary_residual": residual.imag,
        }
    )
