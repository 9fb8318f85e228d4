"""Complex non-linear least squares of an equivalent circuit to a spectrum. Pure.

Each point weighs 1/|Z| (modulus weighting), so that arcs of 1 ohm count beside tails of 1 kohm. Positive values are
fitted by their logarithm, within the bounds of their kind. A fit begins at several places that come from the data: time
constants spread over the measured range, amplitudes for each by non-negative linear least squares; the best of them are
refined.

Confidence intervals: 95 %, from the covariance (JᵀJ)⁻¹ s² at the minimum, s² = residual sum of squares / (2n − p), with
Student's t; of a logarithm, so that they are not symmetrical. Source: G. A. F. Seber and C. J. Wild, Nonlinear
Regression (Wiley, 1989), chapter 5.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cells.impedance.circuit import DIFFUSION, Circuit, Element, Parallel, Value, elements_of

CONFIDENCE = 0.95
PLACES = 7  # of time constants over the measured range
REFINED = 6  # starting places that are refined
START_N = 0.85
MOST_COMBINATIONS = 60
MOST_EVALUATIONS = 300
# A value this close (of its range, in its logarithm) to a bound is at it.
AT_BOUND = 1e-4
# The widest interval, high / low, that still says something.
LEAST_SCALE = 1e-12


@dataclass(frozen=True)
class Estimate:
    """One value of the circuit.

    Attributes:
        low, high: the 95 % confidence interval; not a number where the data do not determine it.
        at_bound: it ended at the edge of what is allowed.
    """

    element: str
    parameter: str
    value: float
    unit: str
    low: float
    high: float
    at_bound: bool


@dataclass(frozen=True)
class Fit:
    """The best circuit.

    Attributes:
        impedance: of the fit at the frequencies of the data, complex, ohm.
        rms: √ mean of (|ΔZ'|² + |ΔZ''|²)/|Z|² over 2 values a point.
    """

    estimates: list[Estimate]
    impedance: np.ndarray
    rms: float

    @property
    def values(self) -> dict[str, float]:
        return {one.parameter: one.value for one in self.estimates}

    def estimate(self, parameter: str) -> Estimate | None:
        return next((one for one in self.estimates if one.parameter == parameter), None)


def fit(circuit: Circuit, frequency: np.ndarray, impedance: np.ndarray) -> Fit:
    """Fit a circuit to a spectrum.

    Args:
        frequency: Hz, shape (n,).
        impedance: ohm, complex, shape (n,), none of them 0.

    Raises:
        ValueError: there are no more values (two a point) than the circuit has.
    """
    from scipy.optimize import least_squares

    values = circuit.values
    if 2 * len(frequency) <= len(values):
        raise ValueError(
            f"{len(frequency)} points are too few for the {len(values)} values of {circuit}; choose a smaller circuit"
            " or a wider range"
        )
    weight = 1 / np.abs(impedance)
    low = np.array([coded(value, value.low) for value in values])
    high = np.array([coded(value, value.high) for value in values])

    def residuals(code: np.ndarray) -> np.ndarray:
        model = circuit.impedance(named(circuit, code), frequency)
        difference = np.nan_to_num((model - impedance) * weight, nan=1e6, posinf=1e6, neginf=-1e6)
        return np.concatenate([difference.real, difference.imag])

    best: Any = None
    for start in starts(circuit, frequency, impedance):
        code = np.array([coded(value, start[name]) for name, value in zip(circuit.parameters, values, strict=True)])
        room = 1e-6 * (high - low)
        result = least_squares(
            residuals,
            np.clip(code, low + room, high - room),
            bounds=(low, high),
            x_scale="jac",
            max_nfev=MOST_EVALUATIONS,
            ftol=1e-12,
            xtol=1e-12,
            gtol=1e-12,
        )
        if best is None or result.cost < best.cost * (1 - 1e-9):
            best = result
    code, jacobian, cost = best.x, best.jac, float(best.cost)
    order = arcs_in_order(circuit, named(circuit, code))
    code, jacobian, low, high = code[order], jacobian[:, order], low, high
    errors = standard_errors(jacobian, cost, len(frequency))
    modelled = circuit.impedance(named(circuit, code), frequency)
    rms = float(np.sqrt(2 * cost / (2 * len(frequency))))
    return Fit(_estimates(circuit, code, errors, low, high, 2 * len(frequency)), modelled, rms)


def coded(value: Value, number: float) -> float:
    return number if value.linear else float(np.log(number))


def named(circuit: Circuit, code: np.ndarray) -> dict[str, float]:
    return {
        name: float(number) if value.linear else float(np.exp(number))
        for name, value, number in zip(circuit.parameters, circuit.values, code, strict=True)
    }


def standard_errors(jacobian: np.ndarray, cost: float, points: int) -> np.ndarray:
    """Of each fitted number, from the covariance; infinite where the data do not determine it."""
    count = jacobian.shape[1]
    freedom = 2 * points - count
    scale = np.linalg.norm(jacobian, axis=0)
    known = scale > LEAST_SCALE * max(float(scale.max(initial=0.0)), 1e-300)
    errors = np.full(count, np.inf)
    if not known.any():
        return errors
    scaled = jacobian[:, known] / scale[known]
    _, singular, vectors = np.linalg.svd(scaled, full_matrices=False)
    kept = singular > 1e-9 * singular[0]
    inverse = np.where(kept, 1 / np.where(kept, singular, 1.0), 0.0)
    variance = ((vectors.T * inverse) ** 2).sum(axis=1)
    undetermined = (vectors[~kept] ** 2).sum(axis=0) > 1e-6
    spread = np.sqrt(variance * 2 * cost / freedom) / scale[known]
    errors[known] = np.where(undetermined, np.inf, spread)
    return errors


def _estimates(
    circuit: Circuit, code: np.ndarray, errors: np.ndarray, low: np.ndarray, high: np.ndarray, values: int
) -> list[Estimate]:
    from scipy.stats import t

    factor = float(t.ppf((1 + CONFIDENCE) / 2, values - len(code)))
    estimates = []
    owners = [element for element in circuit.elements for _ in element.values]
    for place, (element, parameter, value) in enumerate(zip(owners, circuit.parameters, circuit.values, strict=True)):
        half = factor * errors[place]
        range_ = high[place] - low[place]
        ends = np.array([code[place] - half, code[place] + half])
        if not np.isfinite(half) or (not value.linear and half > range_):
            ends = np.array([np.nan, np.nan])
        elif not value.linear:
            ends = np.exp(ends)
        at_bound = min(code[place] - low[place], high[place] - code[place]) < AT_BOUND * range_
        number = code[place] if value.linear else np.exp(code[place])
        estimates.append(
            Estimate(element.name, parameter, float(number), value.unit, float(ends[0]), float(ends[1]), bool(at_bound))
        )
    return estimates


def starts(circuit: Circuit, frequency: np.ndarray, impedance: np.ndarray) -> list[dict[str, float]]:
    """Places where a fit may begin, the best first."""
    from scipy.optimize import nnls

    omega = 2 * np.pi * frequency
    weight = 1 / np.abs(impedance)
    target = np.concatenate([(impedance * weight).real, (impedance * weight).imag])
    count = max(1, sum(isinstance(part, Parallel) for part in circuit.series.parts))
    places = np.geomspace(1 / omega.max(), 1 / omega.min(), max(PLACES, count))
    combinations = list(itertools.combinations(places, count))
    if len(combinations) > MOST_COMBINATIONS:
        step = len(combinations) / MOST_COMBINATIONS
        combinations = [combinations[int(number * step)] for number in range(MOST_COMBINATIONS)]
    ranked = []
    for times in combinations:
        shapes = [np.ones(len(omega), dtype=complex)]
        shapes += [1 / (1 + (1j * omega * time) ** START_N) for time in times]
        shapes += [(1 - 1j) / np.sqrt(omega), 1j * omega, 1 / (1j * omega)]
        allowed = [True] * (1 + count) + [circuit.has(*DIFFUSION), circuit.has("L"), _blocks(circuit)]
        used = np.column_stack([shape * allow for shape, allow in zip(shapes, allowed, strict=True)]) * weight[:, None]
        matrix = np.concatenate([used.real, used.imag])
        scale = np.linalg.norm(matrix, axis=0)
        scale[scale == 0] = 1.0
        amplitudes, left = nnls(matrix / scale, target)
        ranked.append((left, times, amplitudes / scale))
    ranked.sort(key=lambda one: one[0])
    return [
        _start(circuit, frequency, impedance, np.asarray(times), amplitudes)
        for _, times, amplitudes in ranked[:REFINED]
    ]


def _blocks(circuit: Circuit) -> bool:
    return any(isinstance(part, Element) and part.kind in ("C", "CPE", "Wo") for part in circuit.series.parts)


def _start(
    circuit: Circuit, frequency: np.ndarray, impedance: np.ndarray, times: np.ndarray, amplitudes: np.ndarray
) -> dict[str, float]:
    """The numbers of a circuit from the amplitudes of the linear problem; none of them is 0."""
    omega = 2 * np.pi * frequency
    size = float(np.median(np.abs(impedance)))
    spread = max(float(np.ptp(impedance.real)), 1e-3 * size)
    least = 1e-3 * spread
    ohmic, resistances = amplitudes[0], amplitudes[1 : 1 + len(times)]
    sigma, inductance, elastance = amplitudes[1 + len(times) :]
    sigma = sigma if sigma > 0 else 0.1 * spread * np.sqrt(omega.min())
    values: dict[str, float] = {}

    def series_element(element: Element, resistance: float, time: float) -> None:
        for name, number in zip(element.parameters, _numbers(element, resistance, time), strict=True):
            values[name] = number

    def _numbers(element: Element, resistance: float, time: float) -> tuple[float, ...]:
        if element.kind == "R":
            return (resistance,)
        if element.kind == "C":
            return (time / resistance,)
        if element.kind == "CPE":
            return (time**START_N / resistance, START_N)
        if element.kind == "L":
            return (inductance if inductance > 0 else 1e-3 * size / omega.max(),)
        if element.kind == "W":
            return (sigma,)
        slow = 1 / omega.min()
        return (max(float(sigma * np.sqrt(2 * slow)), least), slow)  # Ws, Wo look like W above 1/τ, σ = R / √(2τ)

    arc = 0
    ohmic_given = False
    for part in circuit.series.parts:
        if isinstance(part, Parallel):
            place = min(arc, len(times) - 1)
            resistance = max(float(resistances[place]), least)
            inner = list(elements_of(part))
            resistors = max(1, sum(element.kind == "R" for element in inner))
            for element in inner:
                share = resistance / resistors if element.kind == "R" else resistance
                series_element(element, share, float(times[place]))
            arc += 1
        elif part.kind == "R":
            values[part.name] = least if ohmic_given else max(float(ohmic), 1e-3 * size)
            ohmic_given = True
        elif part.kind in ("C", "CPE"):
            storage = 1 / elastance if elastance > 0 else 10 / (omega.min() * size)
            series_element(part, 1.0, storage if part.kind == "C" else storage ** (1 / START_N))
        else:
            series_element(part, spread, 1 / omega.min())
    return values


def arcs_in_order(circuit: Circuit, values: Mapping[str, float]) -> np.ndarray:
    """Where each number of the circuit is found, so that equally built arcs stand from the fastest to the slowest.

    p(R1,CPE1)-p(R2,CPE2) fits as well with its arcs exchanged; R2 is to be that of lower frequencies in every spectrum.
    """
    names = circuit.parameters
    order = np.arange(len(names))
    shapes: dict[tuple[tuple[str, ...], ...], list[Parallel]] = {}
    for arc in circuit.arcs:
        shape = tuple(tuple(str(type(part).__name__) for part in branch.parts) for branch in arc.branches)
        kinds = tuple(tuple(element.kind for element in elements_of(branch)) for branch in arc.branches)
        flat = all(all(isinstance(part, Element) for part in branch.parts) for branch in arc.branches)
        if flat and time_constant(arc, values) is not None:
            shapes.setdefault((*shape, *kinds), []).append(arc)
    for arcs in shapes.values():
        ranked = sorted(arcs, key=lambda arc: time_constant(arc, values) or 0.0)
        for place, source in zip(arcs, ranked, strict=True):
            for mine, theirs in zip(elements_of(place), elements_of(source), strict=True):
                for name, other in zip(mine.parameters, theirs.parameters, strict=True):
                    order[names.index(name)] = names.index(other)
    return order


def time_constant(arc: Parallel, values: Mapping[str, float]) -> float | None:
    """RC, or (RQ)^(1/n), of a resistor beside a capacitor or CPE; None for another arc."""
    elements = list(elements_of(arc))
    resistor = next((one for one in elements if one.kind == "R"), None)
    store = next((one for one in elements if one.kind in ("C", "CPE")), None)
    if resistor is None or store is None:
        return None
    numbers = [values[name] for name in store.parameters]
    exponent = numbers[1] if store.kind == "CPE" else 1.0
    return float((values[resistor.name] * numbers[0]) ** (1 / exponent))
