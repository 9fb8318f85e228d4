"""What labdb's own readers and analyses find in the study's files is what the article reports, within 1 %."""

from __future__ import annotations

from collections import defaultdict
from statistics import mean, stdev

import pytest

from dashboards.demo.reported import REPORTED, reported
from dashboards.demo.simulate.calibration import CHOSEN_SOLID_EFFICIENCY, first_cycle, half_retention, pouch_retention
from dashboards.demo.simulate.products import CALIBRATED, PRODUCTS
from dashboards.demo.simulate.specimens import KINDS
from labdb.quantities import quantity


@pytest.fixture(scope="session")
def found(studied) -> dict[tuple[str, str, str], list[float]]:
    """Product, kind of cell and quantity → one value a cell."""
    values = defaultdict(list)
    for one in studied:
        key = (one.specimen.product, one.specimen.kind.name)
        for scalar in one.analysis.scalars:
            values[*key, scalar.quantity].append(scalar.value)
    return values


@pytest.mark.parametrize("value", REPORTED, ids=lambda value: f"{value.product}-{value.kind}-{value.quantity}")
def test_the_mean_over_the_replicates_is_the_reported_value(found, value):
    replicates = found[value.product, value.kind, value.quantity]
    (kind,) = (kind for kind in KINDS if kind.name == value.kind)
    assert len(replicates) == len(kind.batches)
    assert mean(replicates) == pytest.approx(value.value, rel=0.01)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.code)
def test_replicates_scatter_as_cells_do(found, product):
    capacities = found[product.code, "half", "first_discharge_capacity_mah_per_g"]
    assert 0.001 < stdev(capacities) / mean(capacities) < 0.01
    retentions = found[product.code, "half", "capacity_retention_at_300"]
    assert 0.001 < stdev(retentions) < 0.03


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.code)
def test_ageing_cycles_are_told_from_formation_and_check_ups(found, product):
    assert set(found[product.code, "half", "ageing_cycles"]) == {300}
    assert set(found[product.code, "half", "cycles"]) == {303}
    check_ups = product.pouch_ageing_cycles // product.check_up_every
    assert set(found[product.code, "pouch", "ageing_cycles"]) == {product.pouch_ageing_cycles}
    assert set(found[product.code, "pouch", "cycles"]) == {3 + product.pouch_ageing_cycles + check_ups}


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.code)
def test_the_stored_parameters_are_those_of_the_first_cycle(product):
    discharge, efficiency = first_cycle(product.half_cell(CALIBRATED[product.code]), product.half_program())
    assert discharge == pytest.approx(
        reported(product.code, "half", "first_discharge_capacity_mah_per_g").value, rel=1e-3
    )
    assert efficiency == pytest.approx(reported(product.code, "half", "first_coulombic_efficiency").value, rel=1e-3)


def test_every_reported_value_is_one_of_our_quantities():
    assert all(quantity(value.quantity) for value in REPORTED)


def test_what_the_article_does_not_report_is_not_made_up():
    with pytest.raises(KeyError, match="reports no capacity_retention_at_300"):
        reported("GP-Ni96", "half", "capacity_retention_at_300")


def test_targets_are_reported_ones_where_there_are():
    by_code = {product.code: product for product in PRODUCTS}
    assert half_retention(by_code["GP-NCM"]) == 0.861
    assert half_retention(by_code["GP-Ni96"]) == 0.800  # chosen
    assert pouch_retention(by_code["GP-Ni96"]) == (800, 0.805)
    assert pouch_retention(by_code["P-Ni96"]) == (280, 0.7997)


def test_the_solid_state_control_falls_sharply_after_55_cycles(found):
    control = ("P-NCM", "solid-state")
    assert min(found[*control, "capacity_retention_at_50"]) > 0.95
    assert max(found[*control, "capacity_retention_at_100"]) < 0.70
    assert all(55 < life < 90 for life in found[*control, "cycle_life_80_percent"])


def test_the_product_keeps_more_of_its_capacity_and_energy_at_a_high_rate_than_its_control(found):
    for metal in ("NCM", "Ni96"):
        assert mean(found[f"GP-{metal}", "rate", "rate_ratio_at_5C"]) > mean(
            found[f"P-{metal}", "rate", "rate_ratio_at_5C"]
        )
    for rate in ("0.1C", "0.33C", "0.5C"):
        name = f"specific_energy_wh_per_kg_at_{rate}"
        assert mean(found["GP-Ni96", "energy", name]) > 1.02 * mean(found["P-Ni96", "energy", name])


def test_the_energies_belong_to_the_capacity_at_the_slowest_rate(found):
    first = reported("GP-Ni96", "half", "first_discharge_capacity_mah_per_g").value
    assert mean(found["GP-Ni96", "energy", "first_discharge_capacity_mah_per_g"]) == pytest.approx(first, rel=0.01)


@pytest.mark.parametrize("product", ["GP-NCM", "P-NCM"])
def test_solid_state_cells_have_the_first_efficiency_that_was_chosen(found, product):
    efficiencies = found[product, "solid-state", "first_coulombic_efficiency"]
    assert mean(efficiencies) == pytest.approx(CHOSEN_SOLID_EFFICIENCY[product], rel=0.01)
