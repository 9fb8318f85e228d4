"""Rate capability and specific energy at C-rates, with numbers that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go
import pytest

from cells.cycling import rate_plots
from cells.cycling.c_rates import called
from cells.cycling.drawings import drawings_of
from cells.cycling.technique import analyse
from labdb.figures import EXCLUDED
from labdb.ingest.presentation import Shown
from labdb.ingest.technique import Analysis
from labdb.quantities import quantity
from tests.cells.cycling.tables import Step, cycling_table

ONE_C_MA = 1.0
MASS_MG = 5.0
KNOWN = {"active_mass_mg": MASS_MG, "nominal_capacity_mah": ONE_C_MA}
# mAh that the cell of these tests gives at a rate.
GIVES = {0.1: 1.05, 0.2: 1.0, 0.5: 0.95, 1.0: 0.9, 2.0: 0.88, 5.0: 0.85}


def half(c_rate: float, mah: float, sign: int) -> Step:
    return Step(mah / c_rate, sign * c_rate, 3.6, "CC_CHG" if sign > 0 else "CC_DCHG", rows=3)


def of_rates(
    rates: list[float], charge_c: float = 0.2, first_more_mah: float = 0.0, known: dict[str, float] | None = None
) -> Analysis:
    """A test of those discharge rates; the first cycle at each gives a little more."""
    cycles, before = [], 0.0
    for rate in rates:
        mah = GIVES[rate] + (first_more_mah if rate != before else 0.0)
        cycles.append([half(charge_c, mah, 1), half(rate, mah, -1)])
        before = rate
    return analyse(cycling_table(cycles, counters=True), KNOWN if known is None else known)


def rate_test(**more: object) -> Analysis:
    return of_rates(5 * [0.1] + [rate for rate in (0.2, 0.5, 1.0, 2.0, 5.0) for _ in range(5)], **more)  # type: ignore[arg-type]


def shown(analysis: Analysis, label: str = "C1", group: str = "GP", dashed: bool = False) -> Shown:
    return Shown(
        label=label,
        table=analysis.tables.get,
        results={scalar.quantity: scalar for scalar in analysis.scalars},
        group=group,
        dashed=dashed,
        history="/runs/1/history",
    )


def scalars(analysis: Analysis) -> dict[str, float]:
    return {scalar.quantity: scalar.value for scalar in analysis.scalars}


def test_the_capacity_of_a_rate_is_the_median_of_its_cycles_on_the_active_mass():
    found = rate_test(first_more_mah=0.02)
    table = found.tables["rate"]
    assert table["rate_capacity_mah"].to_list() == pytest.approx([1.0, 0.95, 0.9, 0.88, 0.85])
    assert table["rate_capacity_mah_per_g"].to_list() == pytest.approx([200, 190, 180, 176, 170])
    assert table["n"].to_list() == [5] * 5
    (at_5_c,) = [scalar for scalar in found.scalars if scalar.quantity == "rate_capacity_mah_per_g_at_5C"]
    assert at_5_c.value == pytest.approx(170)
    assert at_5_c.n == 5
    assert at_5_c.sd == pytest.approx(4 / 5**0.5)  # four values alike, one 4 mAh/g above them


def test_ratios_are_to_the_block_at_a_fifth_of_c():
    found = scalars(rate_test())
    assert found["rate_ratio_at_5C"] == pytest.approx(0.85)
    assert found["rate_ratio_at_0.2C"] == pytest.approx(1.0)


def test_without_a_block_near_a_fifth_of_c_there_are_capacities_and_no_ratios():
    found = of_rates([rate for rate in (0.5, 1.0, 2.0) for _ in range(3)])
    assert found.tables["rate"]["rate_ratio"].to_list() == [None] * 3
    assert not any(name.startswith("rate_ratio") for name in scalars(found))
    assert scalars(found)["rate_capacity_mah_per_g_at_0.5C"] == pytest.approx(190)


def test_a_return_to_an_earlier_rate_is_a_row_and_the_number_is_that_of_the_first_visit():
    found = of_rates(3 * [0.1] + [rate for rate in (0.2, 0.5, 1.0, 0.2) for _ in range(3)], first_more_mah=0.01)
    assert found.tables["rate"]["discharge_c_rate"].to_list() == pytest.approx([0.2, 0.5, 1.0, 0.2])
    assert found.tables["rate"]["rate_ratio"].to_list()[3] == pytest.approx(1.0)


def test_a_test_without_rates_has_no_table_of_them():
    assert "rate" not in of_rates(3 * [0.1] + 10 * [1.0]).tables


def test_without_1_c_the_blocks_are_there_and_what_is_missing_is_said():
    found = rate_test(known={"active_mass_mg": MASS_MG})
    assert found.tables["rate"]["discharge_c_rate"].to_list() == [None] * 5
    assert found.tables["rate"]["rate_capacity_mah_per_g"][4] == pytest.approx(170)
    assert any("1 C is not known" in warning for warning in found.warnings)
    assert "energies" not in found.tables


def test_without_a_mass_capacities_are_of_the_cell():
    found = rate_test(known={"nominal_capacity_mah": ONE_C_MA})
    assert scalars(found)["rate_capacity_mah_at_5C"] == pytest.approx(0.85)
    assert scalars(found)["rate_ratio_at_5C"] == pytest.approx(0.85)
    assert "energies" not in found.tables


def test_the_specific_energy_at_a_rate_is_charge_times_mean_voltage_on_the_mass():
    found = rate_test()
    energy = scalars(found)
    assert energy["specific_energy_wh_per_kg_at_0.1C"] == pytest.approx(1.05 * 3.6 / MASS_MG * 1000, rel=1e-3)
    assert energy["specific_energy_wh_per_kg_at_5C"] == pytest.approx(0.85 * 3.6 / MASS_MG * 1000, rel=1e-3)
    assert found.tables["energies"]["c_rate"].to_list() == [0.1, 0.2, 0.5, 1, 2, 5]


def test_an_aged_cell_does_not_count_in_the_energy_of_a_fresh_one():
    rates = 3 * [0.1] + 25 * [1.0] + [0.1, 0.5]
    energies = of_rates(rates).tables["energies"]
    assert energies.select("c_rate", "n").rows() == [(0.1, 3), (1.0, 1)]


@pytest.mark.parametrize(
    ("c_rate", "name"),
    [(0.098, "0.1C"), (1 / 3, "0.33C"), (0.3, "0.3C"), (5.02, "5C"), (0.2, "0.2C"), (0.5, "0.5C"), (1.24, "1.2C")],
)
def test_a_rate_is_called_by_the_usual_one_that_is_meant(c_rate, name):
    assert called(c_rate) == name


def test_a_number_at_a_c_rate_has_its_words_and_unit():
    about = quantity("specific_energy_wh_per_kg_at_0.33C")
    assert (about.label, about.unit) == ("Specific energy at 0.33 C", "Wh/kg")
    with pytest.raises(KeyError):
        quantity("specific_energy_wh_per_kg_at_0.33")


@pytest.mark.parametrize(
    "draw", [rate_plots.capacity_by_cycle, rate_plots.capacity_against_rate, rate_plots.energy_at_rates]
)
def test_the_figures_are_valid_for_one_run_and_for_several(draw):
    runs = [shown(rate_test()), shown(rate_test(first_more_mah=0.01), "C2"), shown(rate_test(), "D1", "P", dashed=True)]
    for chosen in (runs[:1], runs):
        figure = draw(chosen)
        go.Figure(data=figure["data"], layout=figure["layout"])
        assert not figure["empty"]
        assert "C1" in figure["summary"] or "GP" in figure["summary"]


def test_the_c_rates_stand_below_the_cycles_of_a_rate_test():
    figure = rate_plots.capacity_by_cycle([shown(rate_test())])
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["0.1C", "0.2C", "0.5C", "1C", "2C", "5C"]
    assert figure["layout"]["annotations"][0]["x"] == 3


def test_the_bars_are_the_means_of_a_group_and_its_points_the_cells():
    runs = [shown(rate_test()), shown(rate_test(), "C2"), shown(rate_test(), "D1", "P")]
    figure = rate_plots.energy_at_rates(runs)
    bars = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert [bar["name"] for bar in bars] == ["GP", "P"]
    assert bars[0]["text"][0] == "0.1C, n = 2"
    assert sum(trace["type"] == "scatter" for trace in figure["data"]) == 3


def test_a_cell_that_is_left_out_is_a_point_beside_the_mean_of_the_others():
    out = replace(shown(rate_test(first_more_mah=0.5), "C2"), excluded=True, colour=EXCLUDED)
    figure = rate_plots.energy_at_rates([shown(rate_test()), out])
    (bar,) = (trace for trace in figure["data"] if trace["type"] == "bar")
    alone = rate_plots.energy_at_rates([shown(rate_test())])["data"][0]
    assert bar["y"] == alone["y"]
    assert bar["text"][0] == "0.1C, n = 1, 1 excluded"
    points = [trace for trace in figure["data"] if trace["type"] == "scatter"]
    assert [point["marker"]["color"] for point in points] == [Shown("", lambda name: None).colour, EXCLUDED]


def test_a_test_of_charge_rates_is_drawn_against_the_charge_and_has_no_numbers_at_discharge_rates():
    cycles = [[half(rate, 1.0, 1), half(0.2, 1.0, -1)] for rate in (0.2, 0.5, 1.0, 2.0) for _ in range(3)]
    found = analyse(cycling_table(cycles, counters=True), KNOWN)
    assert found.tables["rate"].height == 4
    assert not any(name.startswith("rate_") for name in scalars(found))
    figure = rate_plots.capacity_against_rate([shown(found)])
    assert figure["layout"]["xaxis"]["ticktext"] == ["0.2", "0.5", "1", "2"]


def test_a_rate_test_brings_its_figures_to_the_page_and_to_the_comparison():
    names = [drawing.name for drawing in drawings_of(rate_test().tables, several=True)]
    assert names[:3] == ["rate-cycles", "rate-capability", "specific-energy"]
