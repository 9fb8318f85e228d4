"""Residual lithium: from two volumes of acid to LiOH, Li2CO3 and lithium."""

from __future__ import annotations

import polars as pl
import pytest

from characterization.residual_lithium.analysis import analyse
from characterization.residual_lithium.entry import ENTRY
from characterization.residual_lithium.presentation import RESIDUAL_LITHIUM as SHOWN_AS
from characterization.residual_lithium.table import FOUND
from characterization.residual_lithium.technique import RESIDUAL_LITHIUM
from labdb.ingest.entry import write
from labdb.ingest.reader import FileHead, ReaderError
from labdb.ingest.registry import matches
from tests.characterization.runs import accepted, numbers, shown

HYDROXIDE, CARBONATE, LITHIUM = FOUND


def titration(first: float, second: float, **more: float) -> dict:
    """Half of the extract of 10 g, titrated with 0.1 mol/L: 1 mL is 0.1 mmol, and 0.02 mol per kg of powder."""
    return {
        "sample_mass_g": 10.0,
        "aliquot_fraction": 0.5,
        "acid_molarity_mol_per_l": 0.1,
        "first_volume_ml": first,
        "second_volume_ml": second,
        **more,
    }


def table(*rows: dict) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=RESIDUAL_LITHIUM.schema.columns)


def values(analysis) -> list[float]:
    return [scalar.value for scalar in analysis.scalars]


def read(path):
    found = matches(FileHead.of(path), [RESIDUAL_LITHIUM])
    assert len(found) == 1
    return RESIDUAL_LITHIUM.schema.conform(found[0].reader.read(path, path.name).table)


def test_six_and_eight_millilitres_are_four_of_hydroxide_and_two_of_carbonate():
    # OH⁻: 2 × 6 − 8 = 4 mL → 0.08 mol/kg × 23.947 g/mol; CO3²⁻: 8 − 6 = 2 mL → 0.04 mol/kg × 73.888 g/mol;
    # Li: 0.08 + 2 × 0.04 = 0.16 mol/kg × 6.94 g/mol, which is 8 mL × 0.02 mol/kg.
    analysis = analyse(table(titration(6, 8)), {})
    assert values(analysis) == pytest.approx([1915.76, 2955.52, 1110.4])
    assert [scalar.quantity for scalar in analysis.scalars] == list(FOUND)
    assert analysis.warnings == ()


def test_hydroxide_alone_ends_both_ways_at_once_and_carbonate_alone_at_half():
    assert values(analyse(table(titration(5, 5)), {})) == pytest.approx([2394.7, 0, 694.0])
    assert values(analyse(table(titration(4, 8)), {})) == pytest.approx([0, 5911.04, 1110.4])


def test_the_lithium_of_hydroxide_and_carbonate_is_that_of_all_acid():
    found = analyse(table(titration(5.37, 7.11)), {}).tables["replicates"].row(0, named=True)
    apart = 6.94 * (found[HYDROXIDE] / 23.947 + 2 * found[CARBONATE] / 73.888)
    assert found[LITHIUM] == pytest.approx(apart, rel=1e-12)


def test_a_second_volume_from_the_first_endpoint_is_added_to_the_first():
    assert values(analyse(table(titration(6, 2)), {"second_volume": "from_first"})) == pytest.approx(
        values(analyse(table(titration(6, 8)), {}))
    )


def test_a_second_volume_below_the_first_is_left_out_with_a_sentence():
    analysis = analyse(table(titration(6, 2), titration(6, 8)), {})
    assert [(scalar.n, scalar.sd) for scalar in analysis.scalars] == [(1, None)] * 3
    assert values(analysis) == pytest.approx([1915.76, 2955.52, 1110.4])
    assert "replicate 1 is left out: its second volume (2 mL) is smaller than the first (6 mL)" in analysis.warnings[0]
    assert analyse(table(titration(6, 2)), {}).scalars == ()


def test_a_negative_hydroxide_is_no_hydroxide_and_some_bicarbonate_and_said():
    # 3 mL of carbonate, 8 − 2 × 3 = 2 mL of bicarbonate; the lithium is still that of 8 mL.
    analysis = analyse(table(titration(3, 8)), {})
    assert values(analysis) == pytest.approx([0, 3 * 0.02 * 73888, 1110.4])
    assert "would be a negative LiOH; it is set to 0" in analysis.warnings[0]


def test_replicates_have_mean_and_sample_deviation():
    # 8 and 9 mL in all: 1110.4 and 1249.2 mg/kg.
    lithium = analyse(table(titration(6, 8), titration(6, 9)), {"largest_relative_sd": 0.2}).scalars[2]
    assert (lithium.value, lithium.sd, lithium.n) == pytest.approx((1179.8, 138.8 / 2**0.5, 2))


def test_scatter_is_said():
    assert (
        "scatter by 98 mg/kg of lithium around 1180"
        in analyse(table(titration(6, 8), titration(6, 9)), {"largest_relative_sd": 0.05}).warnings[0]
    )


def test_final_values_are_taken_as_they_are_and_their_lithium_computed():
    # 0.02 mol of LiOH and 0.01 mol of Li2CO3 in a kg: 0.04 mol of lithium.
    found = analyse(table({HYDROXIDE: 478.94, CARBONATE: 738.88}), {})
    assert values(found) == pytest.approx([478.94, 738.88, 277.6])
    half = analyse(table({HYDROXIDE: 478.94}), {})
    assert [scalar.quantity for scalar in half.scalars] == [HYDROXIDE]
    assert "replicate 1 has only one of LiOH and Li2CO3" in half.warnings[0]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            {"sample_mass_g": 10, "first_volume_ml": 6},
            "replicate 1: the titration lacks aliquot / extract, hcl, to ph 4.5",
        ),
        (titration(6, 8, residual_lithium_hydroxide_mg_per_kg=5), "give either the titration or the final values"),
        (titration(6, 8) | {"aliquot_fraction": 5}, "Aliquot / extract is 5; it must be from 0.0001 to 1"),
    ],
)
def test_half_a_titration_is_refused_when_it_is_typed(row, words):
    with pytest.raises(ValueError, match=words):
        ENTRY.checked([row])


def test_typed_values_come_back_through_the_reader(tmp_path):
    path = tmp_path / "typed.csv"
    path.write_bytes(write("residual_lithium", ENTRY, ENTRY.checked([titration(6, 8)])))
    assert values(analyse(read(path), {})) == pytest.approx([1915.76, 2955.52, 1110.4])


@pytest.mark.parametrize(
    "content",
    [
        "Weight (g);Aliquot;HCl (mol/L);EP1 (mL);EP2 (mL)\n10,0;0,5;0,1;6,00;8,00\n",
        "sample mass (mg),aliquot (%),c(HCl) (M),V1 (mL),V2 (mL)\n10000,50,0.1,6,8\n",
        "LiOH (wt%),Li2CO3 (wt%)\n0.191576,0.295552\n",
    ],
)
def test_a_table_is_converted_by_its_heads(tmp_path, content):
    path = tmp_path / "titration.csv"
    path.write_text(content)
    assert values(analyse(read(path), {})) == pytest.approx([1915.76, 2955.52, 1110.4])


def test_a_content_without_a_unit_is_refused(tmp_path):
    path = tmp_path / "titration.csv"
    path.write_text("LiOH,Li2CO3\n0.19,0.30\n")
    with pytest.raises(ReaderError, match="does not say its unit"):
        read(path)


def test_hydroxide_carbonate_and_lithium_stand_beside_each_other_on_one_axis():
    one = shown(analyse(table(titration(6, 8), titration(6, 8.2)), {}))
    figure = accepted(SHOWN_AS.drawings[0].draw([one, shown(analyse(table(titration(4, 8)), {}), "P-NCM-01")]))
    assert figure["layout"]["yaxis"]["title"]["text"] == "Content / mg/kg"
    assert figure["layout"]["xaxis"]["ticktext"] == ["Residual LiOH", "Residual Li2CO3", "Residual lithium"]
    assert [trace["name"] for trace in figure["data"] if trace["showlegend"]] == ["GP-NCM-01", "P-NCM-01"]
    places = [numbers(trace["x"])[0] for trace in figure["data"] if not trace["name"].endswith("SD")]
    assert places == sorted(places)


def test_choices_are_the_parameters_of_the_technique():
    assert {choice.name for choice in SHOWN_AS.choices} == set(RESIDUAL_LITHIUM.defaults)
