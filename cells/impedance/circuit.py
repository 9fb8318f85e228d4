"""Equivalent circuits, written as text: `L0-R0-p(R1,CPE1)-p(R2-W1,CPE2)`. Pure.

    series  = part { "-" part }
    part    = element | "p(" series { "," series } ")"
    element = kind [ number ]            R  C  L  CPE  W  Wo  Ws

Impedances, with the angular frequency ω:

=====  ==========================  =====================================================================
R      R                           resistor
C      1 / (jωC)                   capacitor
L      jωL                         inductor
CPE    1 / (Q (jω)ⁿ)               constant phase element; n = 1 is a capacitor
W      σ (1 − j) / √ω              Warburg, diffusion without an end
Wo     R coth √(jωτ) / √(jωτ)      diffusion to a blocking end (open): capacitive at low frequencies
Ws     R tanh √(jωτ) / √(jωτ)      diffusion to a permeable end (short): a resistor at low frequencies
=====  ==========================  =====================================================================

Source: A. Lasia, Electrochemical Impedance Spectroscopy and its Applications (Springer, 2014), chapters 4 and 7. The
text is read by this grammar alone; nothing of it is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

LONGEST_TEXT, MOST_ELEMENTS, DEEPEST = 200, 16, 6
NUMBER_OF_DIGITS = 3
TOKEN = re.compile(r"\s*(?:(?P<open>p\()|(?P<name>[A-Za-z]+\d*)|(?P<sign>[-,()]))")
NAME = re.compile(r"([A-Za-z]+)(\d*)")


@dataclass(frozen=True)
class Value:
    """One number of an element.

    Attributes:
        suffix: behind the element's name, "Q"; empty where an element has one number.
        low, high: the values that a fit may take.
        linear: fitted as it is, and not by its logarithm.
    """

    suffix: str
    unit: str
    low: float
    high: float
    linear: bool = False


RESISTANCE = Value("", "ohm", 1e-9, 1e12)
KINDS: dict[str, tuple[Value, ...]] = {
    "R": (RESISTANCE,),
    "C": (Value("", "F", 1e-15, 1e6),),
    "L": (Value("", "H", 1e-15, 1e3),),
    "CPE": (Value("Q", "S sⁿ", 1e-15, 1e6), Value("n", "", 0.3, 1.0, linear=True)),
    "W": (Value("σ", "ohm s⁻⁰·⁵", 1e-9, 1e12),),
    "Wo": (Value("R", "ohm", 1e-9, 1e12), Value("τ", "s", 1e-9, 1e9)),
    "Ws": (Value("R", "ohm", 1e-9, 1e12), Value("τ", "s", 1e-9, 1e9)),
}
DIFFUSION = ("W", "Wo", "Ws")
Complex = np.ndarray[Any, np.dtype[np.complex128]]


class CircuitError(ValueError):
    """The text is no circuit; a sentence for who wrote it."""


@dataclass(frozen=True)
class Element:
    name: str
    kind: str

    @property
    def values(self) -> tuple[Value, ...]:
        return KINDS[self.kind]

    @property
    def parameters(self) -> list[str]:
        return [f"{self.name} {value.suffix}".rstrip() for value in self.values]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Series:
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "-".join(map(str, self.parts))


@dataclass(frozen=True)
class Parallel:
    branches: tuple[Series, ...]

    def __str__(self) -> str:
        return f"p({','.join(map(str, self.branches))})"


Part = Element | Parallel


@dataclass(frozen=True)
class Circuit:
    """A circuit; `str` writes it in the form in which it is stored."""

    series: Series

    def __str__(self) -> str:
        return str(self.series)

    @cached_property
    def elements(self) -> list[Element]:
        return list(elements_of(self.series))

    @cached_property
    def parameters(self) -> list[str]:
        return [name for element in self.elements for name in element.parameters]

    @cached_property
    def values(self) -> list[Value]:
        return [value for element in self.elements for value in element.values]

    def has(self, *kinds: str) -> bool:
        return any(element.kind in kinds for element in self.elements)

    @property
    def ohmic(self) -> Element | None:
        """The first resistor that all of the current passes."""
        return next((part for part in self.series.parts if isinstance(part, Element) and part.kind == "R"), None)

    @property
    def arcs(self) -> list[Parallel]:
        """The parallel parts that all of the current passes, and that hold a resistor."""
        return [
            part
            for part in self.series.parts
            if isinstance(part, Parallel) and any(element.kind == "R" for element in elements_of(part))
        ]

    @property
    def charge_transfer(self) -> Element | None:
        """The resistor of the last arc before the diffusion; of the last arc, where there is none."""
        last: Parallel | None = None
        for part in self.series.parts:
            if isinstance(part, Element) and part.kind in DIFFUSION and last is not None:
                break
            if isinstance(part, Parallel) and part in self.arcs:
                last = part
        return next((element for element in elements_of(last) if element.kind == "R"), None) if last else None

    def impedance(self, values: Mapping[str, float], frequency: np.ndarray) -> Complex:
        """Its impedance in ohm at frequencies in Hz.

        Args:
            values: by the names of `parameters`.
        """
        return _series(self.series, values, 2 * np.pi * np.asarray(frequency, dtype=float))


def elements_of(part: Part | Series) -> Iterator[Element]:
    if isinstance(part, Element):
        yield part
        return
    for inner in part.parts if isinstance(part, Series) else part.branches:
        yield from elements_of(inner)


def _series(series: Series, values: Mapping[str, float], omega: np.ndarray) -> Complex:
    total = np.zeros(len(omega), dtype=complex)
    for part in series.parts:
        total = total + (_element(part, values, omega) if isinstance(part, Element) else _parallel(part, values, omega))
    return total


def _parallel(parallel: Parallel, values: Mapping[str, float], omega: np.ndarray) -> Complex:
    admittance = np.zeros(len(omega), dtype=complex)
    for branch in parallel.branches:
        admittance = admittance + 1 / _series(branch, values, omega)
    return np.reciprocal(admittance)


def _element(element: Element, values: Mapping[str, float], omega: np.ndarray) -> Complex:
    first, *more = (values[name] for name in element.parameters)
    if element.kind == "R":
        return np.full(len(omega), first, dtype=complex)
    if element.kind == "C":
        return 1 / (1j * omega * first)
    if element.kind == "L":
        return 1j * omega * first
    if element.kind == "CPE":
        return 1 / (first * (1j * omega) ** more[0])
    if element.kind == "W":
        return first * (1 - 1j) / np.sqrt(omega)
    root = np.sqrt(1j * omega * more[0])
    tanh = np.tanh(np.minimum(root.real, 300.0) + 1j * np.where(root.real < 300.0, root.imag, 0.0))
    return first * tanh / root if element.kind == "Ws" else first / (tanh * root)


def parse(text: str) -> Circuit:
    """A circuit of its text.

    Raises:
        CircuitError: an element is unknown or there twice, a bracket is missing, or it is far too long.
    """
    if len(text) > LONGEST_TEXT:
        raise CircuitError(f"The circuit is longer than {LONGEST_TEXT} characters.")
    tokens = list(_tokens(text))
    if not tokens:
        raise CircuitError("The circuit is empty; write R0-p(R1,CPE1), say.")
    series, rest = _read_series(tokens, 0)
    if rest:
        raise CircuitError(f"The circuit has “{rest[0]}” where a “-” or its end was expected.")
    circuit = Circuit(series)
    names = [element.name for element in circuit.elements]
    if len(names) > MOST_ELEMENTS:
        raise CircuitError(f"The circuit has {len(names)} elements; {MOST_ELEMENTS} are the most that can be fitted.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise CircuitError(f"The circuit has {', '.join(twice)} twice; give each element a number of its own.")
    return circuit


def _tokens(text: str) -> Iterator[str]:
    place, end = 0, len(text.rstrip())
    while place < end:
        match = TOKEN.match(text, place)
        if match is None:
            raise CircuitError(f"The circuit has “{text[place:].strip()[0]}”, which means nothing there.")
        place = match.end()
        yield match["open"] or match["name"] or match["sign"]


def _read_series(tokens: Sequence[str], depth: int) -> tuple[Series, Sequence[str]]:
    if depth > DEEPEST:
        raise CircuitError(f"The circuit has brackets in brackets, more than {DEEPEST} deep.")
    parts: list[Part] = []
    while True:
        part, tokens = _read_part(tokens, depth)
        parts.append(part)
        if not tokens or tokens[0] != "-":
            return Series(tuple(parts)), tokens
        tokens = tokens[1:]


def _read_part(tokens: Sequence[str], depth: int) -> tuple[Part, Sequence[str]]:
    if not tokens:
        raise CircuitError("The circuit ends where an element was expected.")
    first, tokens = tokens[0], tokens[1:]
    if first != "p(":
        return _element_of(first), tokens
    branches = []
    while True:
        branch, tokens = _read_series(tokens, depth + 1)
        branches.append(branch)
        if not tokens:
            raise CircuitError("The circuit has a bracket that is not closed.")
        closing, tokens = tokens[0], tokens[1:]
        if closing == ")":
            break
        if closing != ",":
            raise CircuitError(f"The circuit has “{closing}” where “,” or “)” was expected.")
    if len(branches) < 2:
        raise CircuitError("The circuit has a p(…) with one branch; put a comma between the branches.")
    return Parallel(tuple(branches)), tokens


def _element_of(token: str) -> Element:
    match = NAME.fullmatch(token)
    if match is None:
        raise CircuitError(f"The circuit has “{token}” where an element was expected.")
    kind, number = match.groups()
    if kind not in KINDS:
        raise CircuitError(f"The circuit has {token}, and there is no element {kind}; there are {', '.join(KINDS)}.")
    if len(number) > NUMBER_OF_DIGITS:
        raise CircuitError(f"The circuit has {token}; a number of three digits at most is enough.")
    return Element(token, kind)
