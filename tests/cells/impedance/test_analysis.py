"""Spectra of known circuits give their elements back; what no circuit can be is said."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from cells.impedance import plots
from cells.impedance.analysis import DEFAULT_CIRCUIT, analyse, check, high_frequency_intercept, spectrum_of
from cells.impedance.circuit import parse
from cells.impedance.fit import fit, time_constant
from cells.impedance.kramers_kronig import linear_test
from cells.impedance.presentation import CIRCUITS, IMPEDANCE
from cells.impedance.table import ELEMENTS, FIT, KRAMERS_KRONIG
from labdb.figures import COLOURS
from labdb.ingest.technique import Analysis
from labdb.quantities import quantity
from tests.characterization.runs import accepted, named, numbers, shown

FREQUENCY = np.geomspace(1e5, 1e-2, 71)
RANDLES = ("R0-p(R1-W1,C1)", {"R0": 10.0, "R1": 100.0, "W1 σ": 20.0, "C1": 2e-5})
TWO_ARCS = (
    DEFAULT_CIRCUIT,
    {"R0": 4.0, "R1": 12.0, "CPE1 Q": 2e-5, "CPE1 n": 0.9, "R2": 35.0, "CPE2 Q": 3e-3, "CPE2 n": 0.88, "W1 σ": 4.0},
)
OTHERS = (
    ("R0-p(R1,C1)", {"R0": 3.0, "R1": 20.0, "C1": 1e-5}),
    (f"L0-{DEFAULT_CIRCUIT}", {"L0": 1e-6, **TWO_ARCS[1]}),
    ("R0-p(R1,CPE1)-Wo1", {"R0": 4.0, "R1": 12.0, "CPE1 Q": 2e-4, "CPE1 n": 0.9, "Wo1 R": 30.0, "Wo1 τ": 20.0}),
    ("R0-p(R1,CPE1)-Ws1", {"R0": 4.0, "R1": 12.0, "CPE1 Q": 2e-4, "CPE1 n": 0.9, "Ws1 R": 30.0, "Ws1 τ": 5.0}),
    ("R0-p(R1-Wo1,CPE1)", {"R0": 4.0, "R1": 12.0, "CPE1 Q": 2e-4, "CPE1 n": 0.9, "Wo1 R": 30.0, "Wo1 τ": 5.0}),
    (
        "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-W1",
        {"R0": 4.0, "R1": 12.0, "CPE1 Q": 1e-5, "CPE1 n": 0.9, "R2": 35.0, "CPE2 Q": 3e-4, "CPE2 n": 0.9, "R3": 20.0,
         "CPE3 Q": 2e-2, "CPE3 n": 0.9, "W1 σ": 3.0},
    ),
    ("R0-p(R1,CPE1)-CPE2", {"R0": 4.0, "R1": 12.0, "CPE1 Q": 2e-5, "CPE1 n": 0.9, "CPE2 Q": 0.2, "CPE2 n": 0.95}),
)  # fmt: skip


def impedance(circuit: str, values: dict[str, float], noise: float = 0.0, seed: int = 1) -> np.ndarray:
    exact = parse(circuit).impedance(values, FREQUENCY)
    scatter = np.random.default_rng(seed).normal(scale=noise, size=(2, len(exact)))
    return exact + np.abs(exact) * (scatter[0] + 1j * scatter[1])


def table_of(z: np.ndarray, frequency: np.ndarray = FREQUENCY, number: int = 1) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "frequency_hertz": frequency,
            "real_impedance_ohm": z.real,
            "imaginary_impedance_ohm": z.imag,
            "spectrum_count": [number] * len(z),
        }
    )


def scalars(analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}


# The fit.


@pytest.mark.parametrize(("circuit", "values"), [RANDLES, TWO_ARCS, *OTHERS], ids=lambda one: str(one)[:40])
def test_a_spectrum_without_noise_gives_every_element_back(circuit, values):
    found = fit(parse(circuit), FREQUENCY, impedance(circuit, values))
    assert found.values == pytest.approx(values, rel=1e-4)
    assert found.rms < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_a_randles_circuit_with_half_a_per_cent_of_noise_is_fitted_back_within_one_per_cent(seed):
    circuit, values = RANDLES
    found = analyse(table_of(impedance(circuit, values, 0.005, seed)), {"circuit": circuit})
    numbers_ = scalars(found)
    assert numbers_["charge_transfer_resistance_ohm"] == pytest.approx(100, rel=0.01)
    assert numbers_["ohmic_resistance_ohm"] == pytest.approx(10, rel=0.01)
    assert numbers_["fit_rms_error"] == pytest.approx(0.005, rel=0.2)
    elements = dict(found.tables["elements"].select("parameter", "value").rows())
    assert elements == pytest.approx(values, rel=0.01)
    assert found.warnings == ()


@pytest.mark.parametrize("seed", range(3))
def test_the_charge_transfer_behind_a_surface_layer_is_found_within_three_per_cent(seed):
    circuit, values = TWO_ARCS
    found = scalars(analyse(table_of(impedance(circuit, values, 0.005, seed)), {}))
    assert found["charge_transfer_resistance_ohm"] == pytest.approx(35, rel=0.03)
    assert found["ohmic_resistance_ohm"] == pytest.approx(4, rel=0.01)
    assert found["polarisation_resistance_ohm"] == pytest.approx(47, rel=0.03)


def test_ninety_five_of_a_hundred_intervals_hold_the_value():
    circuit, values = "R0-p(R1,C1)", {"R0": 3.0, "R1": 20.0, "C1": 1e-5}
    held = 0
    for seed in range(40):
        found = fit(parse(circuit), FREQUENCY, impedance(circuit, values, 0.01, seed))
        held += sum(one.low <= values[one.parameter] <= one.high for one in found.estimates)
    assert 0.88 <= held / 120 <= 0.99  # 3 values of 40 spectra; expected 0.95 ± 0.02


def test_equal_arcs_stand_from_the_fastest_to_the_slowest():
    circuit = parse("R0-p(R1,C1)-p(R2,C2)")
    fast_last = {"R0": 1.0, "R1": 30.0, "C1": 1e-2, "R2": 10.0, "C2": 1e-5}  # 0.3 s, then 0.1 ms
    found = fit(circuit, FREQUENCY, circuit.impedance(fast_last, FREQUENCY))
    assert found.values == pytest.approx({"R0": 1.0, "R1": 10.0, "C1": 1e-5, "R2": 30.0, "C2": 1e-2}, rel=1e-5)
    assert [time_constant(arc, found.values) for arc in circuit.arcs] == pytest.approx([1e-4, 0.3])


def test_the_same_spectrum_in_any_order_and_any_scale_gives_the_same_circuit():
    circuit, values = TWO_ARCS
    z = impedance(circuit, values, 0.002)
    forward = scalars(analyse(table_of(z), {}))
    assert scalars(analyse(table_of(z[::-1], FREQUENCY[::-1]), {})) == pytest.approx(forward)
    small = scalars(analyse(table_of(z * 1e-3), {}))
    assert small["charge_transfer_resistance_ohm"] == pytest.approx(
        forward["charge_transfer_resistance_ohm"] * 1e-3, rel=1e-3
    )


def test_too_few_points_for_a_circuit_are_said_and_the_test_is_made_all_the_same():
    z = impedance(*TWO_ARCS)
    found = analyse(table_of(z[::20], FREQUENCY[::20]), {})  # 4 points, 8 values
    assert "4 points are too few for the 8 values" in found.warnings[-1]
    assert set(found.tables) == {"kramers_kronig"}


@pytest.mark.parametrize(
    "z",
    [
        5 + 0j * FREQUENCY,
        1e-9 * (1 - 1j / FREQUENCY),
        -1j / FREQUENCY,
        -5 - 1j / FREQUENCY,
        np.random.default_rng(0).normal(size=(2, 71)).T @ np.array([1, 1j]),
        5 + 1j * FREQUENCY,
    ],
    ids=["constant", "tiny", "capacitor", "negative", "noise", "inductor"],
)
def test_what_is_no_cell_gives_finite_numbers_or_none(z):
    for circuit in (None, "R0-p(R1-Wo1,CPE1)-p(R2,C2)-Ws2-L3-C9", "p(R1,C1,L1)-CPE4"):
        found = analyse(table_of(z), {"circuit_text": circuit})
        assert found.warnings
        assert np.isfinite([scalar.value for scalar in found.scalars]).all()


# What the analysis takes.


def test_inductive_points_are_left_out_unless_the_circuit_has_an_inductor():
    circuit, values = OTHERS[1]
    table = table_of(impedance(circuit, {**values, "L0": 2e-5}))
    found = analyse(table, {})
    (said,) = [warning for warning in found.warnings if "imaginary part is positive" in warning]
    left_out = int((table["imaginary_impedance_ohm"] > 0).sum())
    assert said.startswith(f"{left_out} points above ")
    assert found.tables["fit"].height == 71 - left_out
    with_inductor = analyse(table, {"circuit": circuit})
    assert with_inductor.tables["fit"].height == 71
    assert scalars(with_inductor)["charge_transfer_resistance_ohm"] == pytest.approx(35, rel=1e-3)


def test_the_range_of_frequencies_and_the_spectrum_are_chosen():
    circuit, values = TWO_ARCS
    second = {**values, "R2": 70.0}
    table = pl.concat([table_of(impedance(circuit, values)), table_of(impedance(circuit, second), number=2)])
    first = analyse(table, {})
    assert "the file holds 2 spectra; the first was analysed, another can be chosen" in first.warnings
    assert scalars(first)["charge_transfer_resistance_ohm"] == pytest.approx(35, rel=1e-3)
    chosen = analyse(table, {"spectrum_count": 2, "frequency_low_hertz": 0.02, "frequency_high_hertz": 5e4})
    assert scalars(chosen)["charge_transfer_resistance_ohm"] == pytest.approx(70, rel=1e-3)
    assert chosen.tables["fit"]["frequency_hertz"].is_between(0.02, 5e4).all()
    assert chosen.warnings == ()
    (said,) = analyse(table, {"spectrum_count": 3}).warnings
    assert said == "there is no spectrum 3 in the file, which has 2; choose another"


def test_a_negated_imaginary_part_is_turned_where_a_person_says_so():
    circuit, values = TWO_ARCS
    table = table_of(impedance(circuit, values).conj())
    assert any("if the file holds −Im(Z), choose so" in warning for warning in analyse(table, {}).warnings)
    turned = scalars(analyse(table, {"imaginary_sign": "negated"}))
    assert turned["charge_transfer_resistance_ohm"] == pytest.approx(35, rel=1e-3)


def test_the_charge_transfer_may_be_another_resistor():
    table = table_of(impedance(*TWO_ARCS))
    assert scalars(analyse(table, {"rct_element": "R1"}))["charge_transfer_resistance_ohm"] == pytest.approx(
        12, rel=1e-3
    )
    wrong = analyse(table, {"rct_element": "R7"})
    assert "R7 is no resistor of" in wrong.warnings[-1]
    assert "charge_transfer_resistance_ohm" not in scalars(wrong)


def test_a_resistance_that_the_spectrum_does_not_determine_is_no_number():
    table = table_of(parse("R0-CPE1").impedance({"R0": 5.0, "CPE1 Q": 1e-3, "CPE1 n": 0.9}, FREQUENCY))
    found = analyse(table, {})
    assert "charge_transfer_resistance_ohm" not in scalars(found)
    assert any("is not determined by the spectrum" in warning for warning in found.warnings)


def test_the_intercept_is_where_a_straight_line_crosses_zero():
    table = pl.DataFrame(
        {
            "frequency_hertz": [1e5, 1e4, 1e3],
            "real_impedance_ohm": [10.0, 12.0, 20.0],
            "imaginary_impedance_ohm": [1.0, -3.0, -8.0],
        }
    )
    assert high_frequency_intercept(spectrum_of(table, 1)) == pytest.approx(10.5)  # a quarter of the way
    assert high_frequency_intercept(spectrum_of(table[1:], 1)) is None


# Kramers and Kronig.


@pytest.mark.parametrize(("circuit", "values"), [RANDLES, TWO_ARCS, *OTHERS], ids=lambda one: str(one)[:40])
def test_a_spectrum_of_a_circuit_passes_the_kramers_kronig_test(circuit, values):
    assert linear_test(FREQUENCY, impedance(circuit, values)).largest < 0.003
    noisy = linear_test(FREQUENCY, impedance(circuit, values, 0.005))
    assert noisy.rms == pytest.approx(0.005, rel=0.3)


def test_a_cell_that_drifts_fails_it_and_this_is_said():
    circuit, values = TWO_ARCS
    drifting = np.array(
        [
            parse(circuit).impedance({**values, "R2": 35 * (1 + place / 35)}, FREQUENCY)[place]
            for place in range(len(FREQUENCY))
        ]
    )
    found = analyse(table_of(drifting), {})
    assert scalars(found)["kramers_kronig_max_residual"] > 0.02
    assert any("the Kramers-Kronig test leaves up to" in warning for warning in found.warnings)


def test_a_part_that_is_ten_per_cent_too_large_fails_it():
    z = impedance(*TWO_ARCS)
    assert linear_test(FREQUENCY, z.real + 1.1j * z.imag).largest > 0.02


def test_three_points_can_be_tested():
    z = impedance(*TWO_ARCS)[::30]
    assert np.isfinite(linear_test(FREQUENCY[::30], z).largest)


# The choices and the figures.


def test_every_offered_circuit_can_be_read_and_chosen():
    assert all(str(parse(text)) == text for text, _ in CIRCUITS)
    chosen = IMPEDANCE.checked({"circuit_text": "R0-p(R1,C1)", "rct_element": "R1", "frequency_low_hertz": 0.1})
    assert chosen == {"circuit_text": "R0-p(R1,C1)", "rct_element": "R1", "frequency_low_hertz": 0.1}


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"circuit_text": "R0-p(R1,Q1)"}, "there is no element Q"),
        ({"rct_element": "R9"}, "R9 is no resistor of R0-p(R1,CPE1)-p(R2,CPE2)-W1; choose one of R0, R1, R2."),
        ({"circuit": "R0-p(R1,CPE1)", "rct_element": "R2"}, "R2 is no resistor of"),
        ({"frequency_low_hertz": 10.0, "frequency_high_hertz": 1.0}, "the first must be the lower one"),
    ],
)
def test_choices_that_cannot_be_are_refused(choices, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        check(choices)


def test_tables_and_quantities_are_as_declared():
    found = analyse(table_of(impedance(*TWO_ARCS)), {})
    for name, schema in (("fit", FIT), ("elements", ELEMENTS), ("kramers_kronig", KRAMERS_KRONIG)):
        assert schema.conform(found.tables[name]).equals(found.tables[name])
    assert all(quantity(scalar.quantity) for scalar in found.scalars)
    assert all(quantity(name) for name in IMPEDANCE.compared)
    assert all(quantity(name) for drawing in IMPEDANCE.drawings for name in drawing.quantities)


def with_spectrum(analysis: Analysis, table: pl.DataFrame) -> Analysis:
    """As a run stores it: with the table of its reader."""
    return replace(analysis, tables={**analysis.tables, "spectrum": table})


def run(resistance: float, cycles: int | None, group: str = "GP-NCM", **more):
    circuit, values = TWO_ARCS
    table = table_of(impedance(circuit, {**values, "R2": resistance}, 0.002))
    found = with_spectrum(analyse(table, {}), table)
    return shown(found, f"{group}-C1 after {cycles} cycles", after_cycle=cycles, group=group, **more)


def test_the_nyquist_plot_has_equal_axes_points_and_a_line_for_every_run():
    runs = [
        run(20.0, 25, history="/runs/1/history/"),
        run(40.0, 100),
        run(60.0, 100, "P-NCM", colour=COLOURS[1], dashed=True),
    ]
    figure = accepted(plots.nyquist(runs))
    assert figure["layout"]["yaxis"]["scaleanchor"] == "x"
    assert [trace["mode"] for trace in figure["data"]] == ["markers", "lines"] * 3
    points = named(figure, "GP-NCM-C1 after 25 cycles")
    assert min(numbers(points["y"])) > -1  # −Im(Z) is up
    assert points["meta"] == {"history": "/runs/1/history/"}
    assert len({trace["marker"]["color"] for trace in figure["data"] if trace["mode"] == "markers"}) == 3
    assert "R_ct 19.97 ohm" in figure["summary"]


def test_a_single_run_shows_the_other_spectra_of_its_file():
    circuit, values = TWO_ARCS
    table = pl.concat([table_of(impedance(circuit, values), number=number) for number in (1, 2)])
    found = with_spectrum(analyse(table, {"spectrum_count": 2}), table)
    figure = accepted(plots.nyquist([shown(found, parameters={"spectrum_count": 2})]))
    assert [trace["name"] for trace in figure["data"]] == ["spectrum 1", "GP-NCM-01", "GP-NCM-01, fit"]


def test_bode_and_kramers_kronig_are_drawn():
    one = run(20.0, 25)
    figure = accepted(plots.bode([one]))
    modulus, phase = figure["data"][0], figure["data"][2]
    assert (modulus["yaxis"], phase["yaxis"]) == ("y", "y2")
    assert -90 < min(numbers(phase["y"])) < 0
    residuals = accepted(plots.kramers_kronig([one]))
    assert max(map(abs, numbers(residuals["data"][0]["y"]))) < 2  # per cent
    empty = shown(analyse(table_of(impedance(*TWO_ARCS)), {"spectrum_count": 9}))
    for drawing in IMPEDANCE.drawings:
        assert drawing.draw([empty])["empty"]


def test_charge_transfer_is_drawn_against_cycles_with_its_interval_and_the_mean_of_duplicates():
    runs = [run(20.0, 25), run(22.0, 25), run(40.0, 100), run(30.0, None), run(90.0, 100, "P-NCM", colour=COLOURS[1])]
    figure = accepted(plots.rct_against_cycles(runs))
    points, mean, control = figure["data"]
    assert numbers(points["x"]) == [25, 25, 100]
    assert numbers(points["y"]) == pytest.approx([20, 22, 40], rel=0.02)
    assert all(0 < bar < 3 for bar in numbers(points["error_y"]["array"]))
    assert numbers(mean["y"]) == pytest.approx([21, 40], rel=0.02)
    assert numbers(control["y"]) == pytest.approx([90], rel=0.02)
    assert "GP-NCM: 25 cycles 20.97 ± 1.41 (2)" in figure["summary"]
