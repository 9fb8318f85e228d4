"""What labdb's own readers and analyses find in the study's files is what the article reports, within 1 %."""

from __future__ import annotations

from collections import defaultdict
from statistics import mean, stdev

import pytest

from cells.cycling.join import join
from cells.cycling.technique import CYCLING
from dashboards.demo.reported import REPORTED, reported
from dashboards.demo.simulate.calibration import first_cycle, half_retention, pouch_retention
from dashboards.demo.simulate.files import simulate
from dashboards.demo.simulate.products import CALIBRATED, PRODUCTS
from dashboards.demo.simulate.specimens import specimens
from labdb.ingest.reader import FileHead, Reading
from labdb.ingest.registry import matches


@pytest.fixture(scope="session")
def found(tmp_path_factory) -> dict[tuple[str, str, str], list[float]]:
    """Product, format and quantity → one value a cell, for all 24 cells of the study."""
    values = defaultdict(list)
    for files in simulate(specimens(), tmp_path_factory.mktemp("study")):
        readings = []
        for path in files.paths:
            (match,) = matches(FileHead.of(path), [CYCLING])
            readings.append(match.reader.read(path, path.name))
            path.unlink()
        specimen = files.specimen
        told = {
            "active_mass_mg": specimen.cell.active_mass_mg,
            "nominal_specific_capacity_mah_per_g": specimen.cell.one_c_a_per_g * 1000,
        }
        whole: Reading = join(readings)
        for scalar in CYCLING.analysed(
            [], CYCLING.schema.conform(whole.table), told, lambda fraction, doing: None
        ).scalars:
            values[specimen.product, specimen.kind.name, scalar.quantity].append(scalar.value)
    return values


@pytest.mark.parametrize("value", REPORTED, ids=lambda value: f"{value.product}-{value.kind}-{value.quantity}")
def test_the_mean_over_the_replicates_is_the_reported_value(found, value):
    replicates = found[value.product, value.kind, value.quantity]
    assert len(replicates) == (4 if value.kind == "half" else 2)
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


def test_what_the_article_does_not_report_is_not_made_up():
    with pytest.raises(KeyError, match="reports no capacity_retention_at_300"):
        reported("GP-Ni96", "half", "capacity_retention_at_300")


def test_targets_are_reported_ones_where_there_are():
    by_code = {product.code: product for product in PRODUCTS}
    assert half_retention(by_code["GP-NCM"]) == 0.861
    assert half_retention(by_code["GP-Ni96"]) == 0.800  # chosen
    assert pouch_retention(by_code["GP-Ni96"]) == (800, 0.805)
    assert pouch_retention(by_code["P-Ni96"]) == (280, 0.7997)
