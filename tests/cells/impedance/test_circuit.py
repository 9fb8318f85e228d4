"""Circuits are read by their grammar alone, and their impedances are those of the formulas."""

from __future__ import annotations

import numpy as np
import pytest

from cells.impedance.circuit import CircuitError, parse

ONE_RADIAN = np.array([1 / (2 * np.pi)])  # Hz at which ω is 1


def at(text: str, values: dict[str, float], omega: float = 1.0) -> complex:
    return complex(parse(text).impedance(values, ONE_RADIAN * omega)[0])


def test_elements_have_the_impedances_of_their_formulas():
    assert at("R1", {"R1": 5}) == 5
    assert at("C1", {"C1": 0.5}) == pytest.approx(-2j)
    assert at("L1", {"L1": 3}, 2) == pytest.approx(6j)
    assert at("W1", {"W1 σ": 4}, 4) == pytest.approx(2 - 2j)
    assert at("CPE1", {"CPE1 Q": 0.5, "CPE1 n": 1}) == pytest.approx(-2j)
    assert at("CPE1", {"CPE1 Q": 1, "CPE1 n": 0.5}) == pytest.approx((1 - 1j) / np.sqrt(2))


def test_in_series_impedances_add_and_in_parallel_admittances():
    assert at("R1-R2", {"R1": 2, "R2": 3}) == 5
    assert at("p(R1,R2)", {"R1": 3, "R2": 6}) == pytest.approx(2)
    assert at("p(R1-R2,R3,R4)", {"R1": 1, "R2": 2, "R3": 3, "R4": 3}) == pytest.approx(1)
    assert at("R0-p(R1,C1)", {"R0": 2, "R1": 10, "C1": 0.1}) == pytest.approx(7 - 5j)


def test_finite_diffusion_is_a_warburg_at_high_and_its_end_at_low_frequencies():
    values = {"Wo1 R": 10, "Wo1 τ": 1, "Ws1 R": 10, "Ws1 τ": 1}
    for kind in ("Wo1", "Ws1"):
        assert at(kind, values, 1e4) == pytest.approx(10 / np.sqrt(2) * (1 - 1j) / 100, rel=1e-6)
        assert np.isfinite(at(kind, values, 1e12))
    assert at("Ws1", values, 1e-6) == pytest.approx(10, rel=1e-5)
    open_end = at("Wo1", values, 1e-4)  # R/3 in series with C = τ/R
    assert open_end.real == pytest.approx(10 / 3, rel=1e-4)
    assert open_end.imag == pytest.approx(-10 / 1e-4, rel=1e-4)


@pytest.mark.parametrize(
    "text",
    ["R0", "R0-p(R1,CPE1)-p(R2,CPE2)-W1", "L0-R0-p(R1-W1,C1)", "p(R1,p(R2,C2)-C1,L1)", "R-C-p(L,W)"],
)
def test_a_circuit_is_written_as_it_was_read(text):
    assert str(parse(text)) == text
    assert str(parse(f"  {text.replace(',', ' , ').replace('-', ' - ')}  ")) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("R0-", "ends where an element was expected"),
        ("R0-X1", "there is no element X; there are R, C, L, CPE, W, Wo, Ws"),
        ("R0-p(R1,C1", "a bracket that is not closed"),
        ("R0-p(R1)", "with one branch"),
        ("R0-p(R1,C1))", "where a “-” or its end"),
        ("R0 R1", "where a “-” or its end"),
        ("R0-R0", "has R0 twice"),
        ("R0-(R1,C1)", "“(” where an element was expected"),
        ("__import__('os')", "“_”, which means nothing there"),
        ("R0-p(R1,C1)-W1;", "“;”, which means nothing there"),
        ("R1234", "three digits at most"),
        ("-".join(f"R{n}" for n in range(17)), "17 elements; 16 are the most"),
        ("p(R1," * 7 + "C1" + ")" * 7, "brackets in brackets"),
        ("R" * 201, "longer than 200 characters"),
        ("p(,R1)", "“,” where an element was expected"),
        ("p(R1-,C1)", "“,” where an element was expected"),
    ],
)
def test_what_is_no_circuit_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(CircuitError) as refused:
        parse(text)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("text", "ohmic", "charge_transfer"),
    [
        ("R0-p(R1,CPE1)-p(R2,CPE2)-W1", "R0", "R2"),
        ("R0-p(R1,CPE1)-W1-p(R2,CPE2)", "R0", "R1"),  # the arc before the diffusion
        ("R0-p(R1-W1,CPE1)", "R0", "R1"),
        ("p(R1,CPE1)-R9", "R9", "R1"),
        ("R0-C1", "R0", None),
        ("p(L1,R1)-C1", None, "R1"),
    ],
)
def test_the_ohmic_resistor_and_that_of_the_charge_transfer_are_found(text, ohmic, charge_transfer):
    circuit = parse(text)
    assert (circuit.ohmic and circuit.ohmic.name) == ohmic
    assert (circuit.charge_transfer and circuit.charge_transfer.name) == charge_transfer
