"""The demo's cells are built as the study says: loadings, formulation, balance."""

from __future__ import annotations

import pytest

from cells.electrode.formulation import parse, ratio_text
from cells.electrode.numbers import DiscNumbers, DiscSaid, SheetSaid, numbers_of_disc
from dashboards.demo.simulate.builds import Disc, build_of
from dashboards.demo.simulate.specimens import Format, specimens


def numbers(disc: Disc) -> DiscNumbers:
    sheet, said = disc.sheet.fields, disc.fields
    area = said.get("area_cm2") or 3.14159265 / 4 * (said["diameter_mm"] / 10) ** 2
    return numbers_of_disc(
        DiscSaid(area, said.get("pieces", 1), said["mass_mg"], said.get("foil_mass_mg")),
        SheetSaid(
            components=parse(sheet["formulation"]),
            foil_material=sheet["foil_material"],
            foil_thickness_micrometer=sheet.get("foil_thickness_micrometer"),
            specific_capacity_mah_per_g=sheet["specific_capacity_mah_per_g"],
        ),
    )


def of(cell_format: Format):
    return [specimen for specimen in specimens() if specimen.kind.format is cell_format]


def test_every_electrode_weighs_what_gives_the_active_mass_of_its_cell():
    for specimen in specimens():
        found = numbers(build_of(specimen).positive)
        assert found.active_mass_mg == pytest.approx(specimen.cell.active_mass_mg, rel=3e-4)
        assert found.doubts == ()


def test_coin_cells_have_7_milligrams_per_square_centimetre_of_coating_and_energy_cells_17():
    for specimen in of(Format.HALF):
        disc = build_of(specimen).positive
        wanted = 17.0 if specimen.kind.name == "energy" else 7.0
        assert disc.sheet.fields["coating_areal_mass_mg_per_cm2"] == wanted
        assert numbers(disc).coating_areal_mass_mg_per_cm2 == pytest.approx(wanted, rel=0.13)
        assert ratio_text(parse(disc.sheet.fields["formulation"])) == "90 : 5 : 5"


def test_pouch_cells_have_1_1_times_as_much_graphite_as_cathode():
    for specimen in of(Format.POUCH):
        build = build_of(specimen)
        assert build.negative is not None
        cathode, anode = numbers(build.positive), numbers(build.negative)
        assert anode.areal_capacity_mah_per_cm2 / cathode.areal_capacity_mah_per_cm2 == pytest.approx(1.1, rel=1e-3)
        loading = 11.0 if specimen.product.endswith("NCM") else 17.0
        assert cathode.coating_areal_mass_mg_per_cm2 == pytest.approx(loading, rel=0.13)
        # About 7 and 12 mg/cm² as reported.
        assert anode.coating_areal_mass_mg_per_cm2 == pytest.approx(
            build.negative.sheet.fields["coating_areal_mass_mg_per_cm2"], rel=0.16
        )


def test_at_1_c_a_solid_state_cell_carries_4_milliampere_per_square_centimetre():
    for specimen in of(Format.SOLID_STATE):
        found = numbers(build_of(specimen).positive)
        ampere = specimen.cell.active_mass_mg / 1000 * specimen.cell.one_c_a_per_g
        assert ampere * 1000 / found.coated_area_cm2 == pytest.approx(4.0, rel=0.13)


def test_a_sheet_of_one_code_is_said_once():
    sheets = [disc.sheet for cell in specimens() for disc in (build_of(cell).positive, build_of(cell).negative) if disc]
    said = {}
    for sheet in sheets:
        assert said.setdefault(sheet.code, sheet.fields) == sheet.fields
