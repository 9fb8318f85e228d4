"""Cells in three formats: what each has, what is refused, and what follows from the electrodes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cells.assembly import formats
from cells.assembly.build import BUILD_FIELDS
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import save_cell
from cells.assembly.told import build_facts, electrode_facts
from cells.electrode.services import change_discs, save_sheet
from labdb.accounts.services import create_project


def again(cell: Cell) -> Cell:
    return Cell.objects.with_electrodes().get(pk=cell.pk)


def wrong(build: Cell | CellTemplate) -> dict[str, str]:
    try:
        build.clean()
    except ValidationError as error:
        return {name: " ".join(said) for name, said in error.message_dict.items()}
    return {}


# The three formats of the reference study (facts of doi 10.1038/s41467-024-54637-9).
HALF = {
    "format": "coin_half", "case": "CR2025", "anode": "lithium", "anode_detail": "99.9 %, China Energy Lithium",
    "anode_diameter_mm": 10, "anode_thickness_micrometer": 1000, "separator": "PE (Celgard)",
    "separator_thickness_micrometer": 16, "electrolyte": "1.2 M LiPF6 in EC:EMC 30:70 + 2 wt% VC",
    "electrolyte_volume_microliter": 200, "lower_voltage_volt": 2.8, "upper_voltage_volt": 4.3,
    "nominal_specific_capacity_mah_per_g": 190,
}  # fmt: skip
POUCH = {
    "format": "pouch_full", "anode": "graphite", "anode_detail": "MCMB, BTR", "separator": "PE (Celgard)",
    "separator_thickness_micrometer": 16, "electrolyte": "1.2 M LiPF6 in EC:EMC 30:70 + 2 wt% VC",
    "electrolyte_mass_g": 1, "pouch_layers": 3, "reference_electrode": "none", "lower_voltage_volt": 2.75,
    "upper_voltage_volt": 4.2, "test_temperature_celsius": 25,
}  # fmt: skip
SOLID = {
    "format": "solid_state", "case": "PEEK die ø 10 mm", "anode": "lithium_indium", "glovebox": "Ar",
    "reference_electrode": "Li-In", "cathode_pressure_megapascal": 500, "stack_pressure_megapascal": 100,
    "test_temperature_celsius": 30, "lower_voltage_volt": 2.2, "upper_voltage_volt": 3.7,
    "solid_layers": [
        {"material": "Li3InCl6", "role": "separator", "mass_mg": 100, "pressed_at_megapascal": 100},
        {"material": "Li6PS5Cl", "role": "interlayer"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("said", [HALF, POUCH, SOLID])
def test_the_cells_of_the_reference_study_can_be_recorded(project, ada, said):
    cell = Cell(project=project, code="C-1", created_by=ada, **said)
    cell.full_clean()
    save_cell(cell, ada)
    kept = again(cell)
    assert {name: getattr(kept, name) for name in said} == said


def test_a_solid_state_cell_has_no_liquid_electrolyte():
    said = wrong(Cell(**SOLID, electrolyte="LP57", electrolyte_volume_microliter=20))
    assert said.keys() == {"electrolyte", "electrolyte_volume_microliter"}
    assert "no liquid electrolyte" in said["electrolyte"]


@pytest.mark.parametrize("name", formats.FIELDS)
def test_every_field_that_some_formats_have_is_one_of_a_cell(name):
    assert hasattr(Cell, name)


@pytest.mark.parametrize(
    ("cell_format", "given", "said"),
    [
        ("coin_half", {"solid_layers": [{"material": "LPSC"}]}, "Only a solid-state cell"),
        ("coin_half", {"stack_pressure_megapascal": 1}, "spring"),
        ("coin_full", {"anode_thickness_micrometer": 20}, "punched from a sheet"),
        ("pouch_full", {"case": "CR2032"}, "no case"),
        ("solid_state", {"separator": "PE"}, "solid layers"),
        ("coin_half", {"pouch_layers": 3}, "Only a pouch"),
        ("pouch_full", {"cathode_pressure_megapascal": 3}, "Only the cathode of a solid-state"),
        ("coin_half", {"electrolyte_volume_microliter": 200, "electrolyte_mass_g": 1}, "not both"),
        ("coin_half", {"lower_voltage_volt": 4.3, "upper_voltage_volt": 2.8}, "over the lower"),
        ("pouch_full", {"reference_electrode": "none", "reference_potential_volt": 0.1}, "no potential of one"),
    ],
)
def test_what_a_format_does_not_have_is_refused_in_a_sentence(cell_format, given, said):
    assert said in " ".join(wrong(Cell(format=cell_format, **given)).values())


def test_a_cell_of_no_usual_format_may_have_everything():
    cell = Cell(**{**SOLID, **HALF, "format": "other", "electrolyte_mass_g": None})
    assert wrong(cell) == {}


def test_the_database_takes_no_electrolyte_by_volume_and_by_mass(project, ada):
    with pytest.raises(IntegrityError), transaction.atomic():
        Cell.objects.create(
            project=project, code="C", electrolyte_volume_microliter=1, electrolyte_mass_g=1, created_by=ada
        )


@pytest.mark.parametrize(
    ("reference", "potential", "against_lithium"),
    [("Li/Li+", None, 0.0), ("Li-In", None, 0.6), ("Li-In", 0.62, 0.62), ("none", None, None)],
)
def test_the_potential_of_the_reference_is_the_usual_one_unless_it_is_said(reference, potential, against_lithium):
    cell = Cell(reference_electrode=reference, reference_potential_volt=potential)
    assert cell.potential_against_lithium_volt == against_lithium


def test_loading_and_n_p_of_a_full_cell_follow_its_electrodes(project, ada, punch, graphite):
    cell = Cell(project=project, code="C-1", format="coin_full")
    [cell.positive_electrode], cell.negative_electrode = punch(13.0), graphite()
    save_cell(cell, ada)
    kept = again(cell)
    assert kept.areal_loading_mg_per_cm2 == pytest.approx(9.0)  # (13 − 3) mg × 0.9 on 1 cm²
    assert kept.n_p_ratio == pytest.approx(1.75 / 1.8)  # 5 mg/cm² × 350 mAh/g over 9 mg/cm² × 200 mAh/g
    assert kept.balance.n_p_capacity_ratio == pytest.approx(1.1 * 1.75 / 1.8)


def test_n_p_follows_when_either_electrode_is_weighed_anew(project, ada, punch, graphite):
    cell = Cell(project=project, code="C-1", format="coin_full")
    [cell.positive_electrode], cell.negative_electrode = punch(13.0), graphite()
    save_cell(cell, ada)
    positive, negative = again(cell).positive_electrode, again(cell).negative_electrode
    positive.mass_mg = 23.0
    change_discs([positive], ada)
    assert again(cell).n_p_ratio == pytest.approx(1.75 / 3.6)
    negative.sheet.coating_areal_mass_mg_per_cm2 = 10.0
    save_sheet(negative.sheet, ada)
    assert again(cell).n_p_ratio == pytest.approx(3.5 / 3.6)


def test_n_p_of_a_half_cell_counts_all_of_its_lithium(project, ada, punch):
    cell = Cell(project=project, code="C-1", **HALF)
    [cell.positive_electrode] = punch(13.0)
    save_cell(cell, ada)
    assert again(cell).n_p_ratio == pytest.approx(206.2 / 1.8)


def test_what_n_p_needs_is_said(project, punch):
    [disc] = punch(13.0)
    assert "negative electrode" in Cell(format="coin_full", positive_electrode=disc).balance.missing[0]
    assert "an alloy" in Cell(**SOLID, positive_electrode=disc).balance.missing[0]
    disc.sheet.specific_capacity_mah_per_g = None
    assert "specific capacity" in Cell(format="coin_full", positive_electrode=disc).balance.missing[0]


def test_an_electrode_is_of_the_project_and_of_the_right_sign(project, ada, punch, graphite):
    [disc], negative = punch(13.0), graphite()
    assert (
        "choose a positive one"
        in wrong(Cell(project=project, format="coin_full", positive_electrode=negative))["positive_electrode"]
    )
    assert wrong(Cell(project=project, format="coin_half", positive_electrode=negative)) == {}  # graphite half cell
    other = create_project(ada, "Another")
    assert "another project" in wrong(Cell(project=other, positive_electrode=disc))["positive_electrode"]


def test_the_build_sheet_tells_what_is_said_and_nothing_else(project, ada, punch):
    cell = Cell(project=project, code="C-1", created_by=ada, **SOLID)
    [cell.positive_electrode] = punch(13.0)
    told = {fact.label: fact.text for group in (electrode_facts(cell), *build_facts(cell)) for fact in group.facts}
    assert told["Solid electrolyte, separator"] == "Li3InCl6, 100 mg, 100 MPa"
    assert told["Reference electrode"] == "Li–In, 0.6 V against Li/Li⁺"
    assert told["Voltage window"] == "2.2 – 3.7 V"
    assert told["Stack pressure"] == "100 MPa"
    assert "9.000 mg/cm²" in told["Positive electrode"]
    assert not {"Electrolyte", "Separator", "N/P"} & told.keys()


def test_a_template_has_every_field_of_a_build():
    template = CellTemplate(**HALF)
    assert set(template.build) == set(BUILD_FIELDS)
    assert {name: template.build[name] for name in HALF} == HALF
    assert wrong(template) == {}
