"""Numbers of electrodes that can be checked by hand."""

from __future__ import annotations

import math

import pytest

from cells.electrode import arithmetic
from cells.electrode.arithmetic import ElectrodeError
from cells.electrode.formulation import Component
from cells.electrode.numbers import DiscSaid, SheetSaid, missing_for_mass, numbers_of_disc, numbers_of_sheet

COATING = (Component("active", 0.90), Component("conductive", 0.05, "Super P"), Component("binder", 0.05, "PVDF"))
WITH_DENSITIES = (
    Component("active", 0.90, density_g_per_cm3=4.75),
    Component("conductive", 0.05, "Super P", 1.90),
    Component("binder", 0.05, "PVDF", 1.78),
)
SHEET = SheetSaid(COATING, foil_material="aluminium", foil_thickness_micrometer=13.0)


def test_thirteen_micrometers_of_aluminium_weigh_three_and_a_half_milligrams_a_square_centimeter():
    assert arithmetic.foil_areal_mass_mg_per_cm2("aluminium", 13) == pytest.approx(3.51)


def test_a_foil_of_unknown_metal_is_not_guessed():
    assert arithmetic.foil_areal_mass_mg_per_cm2("other", 13) is None


def test_a_disc_of_ten_millimeters_has_0_785_square_centimeters():
    assert arithmetic.disc_area_cm2(10) == pytest.approx(0.785398, abs=1e-6)


def test_active_mass_is_electrode_minus_foil_times_active_fraction():
    assert arithmetic.active_mass_mg(12.0, 2.0, 0.9) == pytest.approx(9.0)


@pytest.mark.parametrize("mass", [0.0, -1.0, math.inf, math.nan])
def test_a_mass_that_cannot_be_is_refused(mass):
    with pytest.raises(ElectrodeError, match="must be over 0"):
        arithmetic.coating_mass_mg(mass, 0.0)


@pytest.mark.parametrize("foil", [-1.0, math.nan])
def test_a_foil_that_cannot_be_is_refused(foil):
    with pytest.raises(ElectrodeError, match="must be 0 or more"):
        arithmetic.coating_mass_mg(1.0, foil)


def test_an_electrode_lighter_than_its_foil_is_refused():
    with pytest.raises(ElectrodeError, match="leaves no coating") as refused:
        arithmetic.active_mass_mg(2.0, 2.5, 0.9)

    assert refused.value.field == "mass_mg"


@pytest.mark.parametrize("fraction", [0.0, 1.2])
def test_an_active_fraction_is_over_0_and_at_most_1(fraction):
    with pytest.raises(ElectrodeError, match="active fraction"):
        arithmetic.active_mass_mg(2.0, 0.0, fraction)


def test_ten_milligrams_a_square_centimeter_at_200_mah_per_g_hold_2_mah():
    assert arithmetic.areal_capacity_mah_per_cm2(10, 200) == pytest.approx(2.0)


def test_17_milligrams_a_square_centimeter_on_50_micrometers_have_3_4_grams_a_cubic_centimeter():
    assert arithmetic.coating_density_g_per_cm3(17, 50) == pytest.approx(3.4)


def test_solids_of_a_mixture_add_up_by_volume():
    density = arithmetic.solid_density_g_per_cm3(WITH_DENSITIES)

    assert density == pytest.approx(1 / (0.90 / 4.75 + 0.05 / 1.90 + 0.05 / 1.78))
    assert arithmetic.solid_density_g_per_cm3(COATING) is None
    assert arithmetic.solid_density_g_per_cm3(()) is None


def test_a_coating_of_half_the_density_of_its_solids_is_half_pores():
    assert arithmetic.coating_porosity(2.0, 4.0) == pytest.approx(0.5)
    with pytest.raises(ElectrodeError, match="density of a component is wrong"):
        arithmetic.coating_porosity(4.1, 4.0)


def test_the_numbers_of_a_sheet_follow_from_what_is_said():
    said = SheetSaid(
        WITH_DENSITIES,
        foil_material="aluminium",
        foil_thickness_micrometer=13,
        coating_areal_mass_mg_per_cm2=17,
        coating_thickness_micrometer=50,
        specific_capacity_mah_per_g=240,
    )

    found = numbers_of_sheet(said)

    assert found.active_fraction == pytest.approx(0.9)
    assert found.foil_areal_mass_mg_per_cm2 == pytest.approx(3.51)
    assert found.areal_loading_mg_per_cm2 == pytest.approx(15.3)
    assert found.areal_capacity_mah_per_cm2 == pytest.approx(15.3 * 0.240)
    assert found.coating_density_g_per_cm3 == pytest.approx(3.4)
    assert found.coating_porosity == pytest.approx(1 - 3.4 * (0.90 / 4.75 + 0.05 / 1.90 + 0.05 / 1.78))
    assert found.doubts == ()


def test_a_sheet_denser_than_its_solids_keeps_its_other_numbers_and_is_doubted():
    said = SheetSaid(WITH_DENSITIES, coating_areal_mass_mg_per_cm2=17, coating_thickness_micrometer=20)

    found = numbers_of_sheet(said)

    assert found.coating_porosity is None
    assert found.coating_density_g_per_cm3 == pytest.approx(8.5)
    assert "a thickness or a density of a component is wrong" in found.doubts[0]


def test_a_weighed_disc_takes_its_foil_from_the_sheet():
    area = arithmetic.disc_area_cm2(12)

    found = numbers_of_disc(DiscSaid(area, mass_mg=14.0), SHEET)

    assert found.weighed
    assert found.foil_mass_mg == pytest.approx(3.51 * area)
    assert found.active_mass_mg == pytest.approx((14.0 - 3.51 * area) * 0.9)
    assert found.areal_loading_mg_per_cm2 == pytest.approx((14.0 - 3.51 * area) * 0.9 / area)
    assert found.coating_areal_mass_mg_per_cm2 == pytest.approx((14.0 - 3.51 * area) / area)


def test_the_foil_that_was_weighed_goes_before_that_of_the_sheet():
    assert numbers_of_disc(DiscSaid(1.0, mass_mg=14.0, foil_mass_mg=4.0), SHEET).active_mass_mg == pytest.approx(9.0)


def test_a_disc_that_nobody_weighed_has_the_loading_of_its_sheet():
    sheet = SheetSaid(COATING, coating_areal_mass_mg_per_cm2=12.0, coated_sides=2, specific_capacity_mah_per_g=200)

    found = numbers_of_disc(DiscSaid(19.25, pieces=3), sheet)

    assert not found.weighed
    assert found.coated_area_cm2 == pytest.approx(6 * 19.25)
    assert found.active_mass_mg == pytest.approx(6 * 19.25 * 12 * 0.9)
    assert found.electrode_capacity_mah == pytest.approx(6 * 19.25 * 12 * 0.9 * 0.2)
    assert found.areal_capacity_mah_per_cm2 == pytest.approx(12 * 0.9 * 0.2)


def test_both_sides_of_a_stack_are_coated_but_its_foil_is_there_once():
    sheet = SheetSaid(COATING, foil_areal_mass_mg_per_cm2=3.5, foil_material="aluminium", coated_sides=2)

    found = numbers_of_disc(DiscSaid(10.0, pieces=2, mass_mg=470.0), sheet)

    assert found.foil_mass_mg == pytest.approx(70.0)
    assert found.coating_areal_mass_mg_per_cm2 == pytest.approx(10.0)


def test_a_pressed_composite_has_no_foil():
    mixed = (Component("active", 0.7), Component("solid electrolyte", 0.3, "Li3InCl6"))

    found = numbers_of_disc(DiscSaid(0.785, mass_mg=10.0), SheetSaid(mixed, foil_material="none"))

    assert found.foil_mass_mg == 0
    assert found.active_mass_mg == pytest.approx(7.0)


def test_the_density_of_a_disc_is_that_of_its_own_thickness():
    found = numbers_of_disc(DiscSaid(1.0, mass_mg=20.51, thickness_micrometer=63), SHEET)

    assert found.coating_density_g_per_cm3 == pytest.approx(3.4)


def test_a_disc_thinner_than_its_foil_is_doubted():
    found = numbers_of_disc(DiscSaid(1.0, mass_mg=20.51, thickness_micrometer=12), SHEET)

    assert found.active_mass_mg is not None
    assert found.coating_density_g_per_cm3 is None
    assert "12 µm thick and its foil 13 µm" in found.doubts[0]


@pytest.mark.parametrize(
    ("disc", "sheet", "words"),
    [
        (DiscSaid(1.0, mass_mg=10.0), SHEET, ""),
        (DiscSaid(1.0, mass_mg=10.0), SheetSaid(foil_material="none"), "formulation"),
        (DiscSaid(1.0, mass_mg=10.0), SheetSaid(COATING), "mass of its foil"),
        (DiscSaid(1.0), SheetSaid(COATING), "Weigh it"),
        (DiscSaid(1.0, mass_mg=3.0), SHEET, "leaves no coating"),
    ],
)
def test_what_an_active_mass_lacks_is_said(disc, sheet, words):
    sentence = missing_for_mass(disc, sheet)

    assert words in sentence
    assert bool(sentence) == bool(words)
