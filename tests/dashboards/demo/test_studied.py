"""What labdb's own readers and analyses find in the files of the study's cells.

It is what the article reports, within 1 %, and the article's figures can be drawn of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import mean, stdev

import pytest

from cells.cycling.drawings import drawing
from cells.cycling.join import join
from cells.cycling.technique import CYCLING
from dashboards.demo.reported import REPORTED, reported
from dashboards.demo.simulate.calibration import CHOSEN_SOLID_EFFICIENCY, first_cycle, half_retention, pouch_retention
from dashboards.demo.simulate.files import simulate
from dashboards.demo.simulate.hot_storage import STORAGE_CELSIUS
from dashboards.demo.simulate.products import CALIBRATED, PRODUCTS
from dashboards.demo.simulate.specimens import KINDS, Specimen, specimens
from labdb.ingest.presentation import Shown
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis, Scalar
from labdb.quantities import quantity

# Figure → kind of cells, the tables that it is drawn from, and those of its drawings that stand in `DRAWINGS`.
FIGURES = {
    "4a, 4b, 4c, 4d": ("half", ("cycles", "dq_dv", "dq_dv_peaks"), ("dq-dv-cycles", "dq-dv-peaks", "polarisation")),
    "4e": ("rate", ("cycles", "rate"), ("rate-cycles", "rate-capability")),
    "4g": ("pouch", ("cycles", "protocol"), ("mean-voltage",)),
    "5a": ("pulses", ("pulses",), ("hppc-resistance", "hppc-power")),
    "6b, 6c, 6d": ("solid-state", ("cycles",), ()),
    "7c, 7d": ("energy", ("cycles", "energies"), ("specific-energy",)),
    "7e": ("storage", ("storage",), ("storage", "storage-means")),
}
# Kind of cells → what the blocks of their tests are for, in time order.
PROGRAMS = {
    "half": ["rest", "formation", "ageing"],
    "impedance": ["rest", "formation", "ageing"],
    "rate": ["rest", "formation", *["rate"] * 6],
    "energy": ["rest", "formation", "rate", "rate"],
    "solid-state": ["rest", "formation", "ageing"],
    "storage": ["rest", "formation", "check-up", "storage", "check-up", "storage", "check-up"],
    "pulses": ["rest", "formation", "ageing", "HPPC", "ageing", "HPPC"],
}


@dataclass(frozen=True)
class Studied:
    """One cell, and what was found of it."""

    specimen: Specimen
    analysis: Analysis

    @property
    def results(self) -> dict[str, Scalar]:
        return {scalar.quantity: scalar for scalar in self.analysis.scalars}


@pytest.fixture(scope="session")
def studied(tmp_path_factory) -> list[Studied]:
    """Every cell of the study."""
    found = []
    for files in simulate(specimens(), tmp_path_factory.mktemp("study")):
        readings = []
        for path in files.paths:
            (match,) = matches(FileHead.of(path), [CYCLING])
            readings.append(match.reader.read(path, path.name))
            path.unlink()
        cell = files.specimen.cell
        told = {
            "active_mass_mg": cell.active_mass_mg,
            "nominal_specific_capacity_mah_per_g": cell.one_c_a_per_g * 1000,
        }
        if files.specimen.kind.name == "storage":
            told["storage_temperature_celsius"] = STORAGE_CELSIUS
        table = CYCLING.schema.conform(join(readings).table)
        analysis = CYCLING.analysed([], table, told, lambda fraction, doing: None)
        found.append(Studied(files.specimen, analysis))
    return found


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


@pytest.mark.parametrize("kind", PROGRAMS)
def test_labdb_finds_what_a_test_did_without_being_told(studied, kind):
    for one in of_kind(studied, kind):
        blocks = one.analysis.tables["protocol"]
        assert blocks["kind"].to_list() == PROGRAMS[kind]
        assert not blocks["said"].any()


def test_labdb_finds_the_check_ups_of_pouch_cells_without_being_told(studied):
    for one in of_kind(studied, "pouch"):
        check_ups = one.analysis.tables["protocol"].filter(kind="check-up")
        every = one.specimen.program.check_up_every
        found = check_ups["after_ageing_cycle"].to_list()
        assert found == [every * number for number in range(1, len(found) + 1)]
        assert len(found) == one.specimen.program.ageing_cycles // every


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


def of_kind(studied: list[Studied], kind: str) -> list[Studied]:
    found = [one for one in studied if one.specimen.kind.name == kind]
    assert found
    return found


@pytest.mark.parametrize("figure", FIGURES)
def test_every_cell_of_its_kind_has_the_tables_of_a_figure(studied, figure):
    kind, tables, _ = FIGURES[figure]
    for one in of_kind(studied, kind):
        assert {name for name in tables if one.analysis.tables[name].height} == set(tables)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_drawings_of_a_figure_have_curves_for_one_cell_and_for_all_of_its_kind(studied, figure):
    kind, _, names = FIGURES[figure]
    shown = [
        Shown(one.specimen.code, one.analysis.tables.get, one.results, group=one.specimen.product, simulated=True)
        for one in of_kind(studied, kind)
    ]
    for name in names:
        assert drawing(name).draw(shown[:1])["data"], name
        assert drawing(name).draw(shown)["data"], name


def test_peaks_of_dq_dv_are_followed_through_cycles_10_100_200_and_300(studied):
    for one in of_kind(studied, "half"):
        peaks = one.analysis.tables["dq_dv_peaks"]
        assert {10, 100, 200, 300} <= set(peaks["ageing_index"].drop_nulls())
