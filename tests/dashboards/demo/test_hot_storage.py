"""What labdb finds in the study's stored cells is what the article reports, from the files alone."""

from __future__ import annotations

from statistics import mean, stdev

import pytest
from django.core.management import call_command
from django.utils import timezone

from cells.cycling.join import join
from cells.cycling.technique import CYCLING
from cells.storage.models import StoragePlan
from dashboards.demo import characterizing
from dashboards.demo.reported import REPORTED, reported
from dashboards.demo.simulate.files import write_files
from dashboards.demo.simulate.hot_storage import STORAGE_CELSIUS, STORAGE_SOLVED, recovered_share
from dashboards.demo.simulate.products import PRODUCTS
from dashboards.demo.simulate.specimens import Specimen, specimens
from dashboards.management.commands import load_demo
from labdb.ingest.reader import FileHead
from labdb.ingest.registry import matches
from labdb.ingest.technique import Analysis
from labdb.provenance.models import Result

SHARE = "recovered_capacity_share_after_42_day"
STORED = [product for product in PRODUCTS if product.code in STORAGE_SOLVED]


@pytest.fixture(scope="module")
def analyses(tmp_path_factory) -> dict[str, Analysis]:
    """By the code of the cell."""
    folder = tmp_path_factory.mktemp("stored")
    return {
        one.code: analysed(one, write_files(one, folder).paths) for one in specimens() if one.kind.name == "storage"
    }


def analysed(specimen: Specimen, paths) -> Analysis:
    readings = []
    for path in paths:
        (match,) = matches(FileHead.of(path), [CYCLING])
        readings.append(match.reader.read(path, path.name))
    told = {
        "active_mass_mg": specimen.cell.active_mass_mg,
        "nominal_specific_capacity_mah_per_g": specimen.cell.one_c_a_per_g * 1000,
        "storage_temperature_celsius": STORAGE_CELSIUS,
    }
    table = CYCLING.schema.conform(join(readings).table)
    return CYCLING.analysed([], table, told, lambda fraction, doing: None)


def values(analyses: dict[str, Analysis], product: str, quantity: str) -> list[float]:
    return [
        scalar.value
        for code, analysis in analyses.items()
        for scalar in analysis.scalars
        if code.startswith(f"{product}-W") and scalar.quantity == quantity
    ]


@pytest.mark.parametrize("product", [product.code for product in STORED])
def test_recovered_capacity_of_three_cells_is_as_reported(analyses, product):
    said = reported(product, "storage", SHARE)
    found = values(analyses, product, SHARE)
    assert len(found) == said.n
    assert mean(found) == pytest.approx(said.value, rel=0.002)
    assert stdev(found) == pytest.approx(said.sd, abs=0.0005)


def test_storage_is_found_from_the_files_alone_and_joined_over_three_of_them(analyses):
    for code, analysis in analyses.items():
        table = analysis.tables["storage"]
        assert table["check_day"].to_list() == [15, 42], code
        assert table["duration_day"].to_list() == pytest.approx([15, 27], abs=1e-3), code
        assert table["storage_temperature_celsius"].to_list() == [STORAGE_CELSIUS] * 2, code
        assert table["retained_capacity_share"].is_between(0.8, 0.98).all(), code
        assert (table["recovered_capacity_share"] > table["retained_capacity_share"]).all(), code
        assert (table["voltage_loss_volt"] > 0).all(), code
        assert not [sentence for sentence in analysis.warnings if sentence.startswith("storage")], code


@pytest.mark.parametrize("product", STORED, ids=lambda product: product.code)
def test_the_solved_loss_gives_the_reported_share_without_scatter(product):
    share = reported(product.code, "storage", SHARE).value
    assert recovered_share(product, STORAGE_SOLVED[product.code]) == pytest.approx(share, abs=1e-5)


def test_every_reported_storage_is_simulated():
    assert {one.product for one in REPORTED if one.kind == "storage"} == set(STORAGE_SOLVED)


@pytest.mark.django_db
def test_the_plans_of_the_study_are_kept_to_but_for_one_late_check(monkeypatch, settings, tmp_path, calls):
    chosen = [one for one in specimens() if one.code in ("GP-Ni96-W1", "P-Ni96-W3")]
    monkeypatch.setattr(load_demo, "specimens", lambda: chosen)
    monkeypatch.setattr(characterizing, "brought", list)
    settings.DATA_DIR = tmp_path
    call_command("load_demo", processes=1, verbosity=0, now=True)
    plans = {plan.cell.code: plan for plan in StoragePlan.objects.with_state(timezone.now()).select_related("cell")}
    assert {code: plan.state for code, plan in plans.items()} == {"GP-Ni96-W1": "ended", "P-Ni96-W3": "late"}
    assert [check.done for check in plans["P-Ni96-W3"].checks.with_done()] == [True, True, False]
    found = Result.objects.filter(run__measurement__technique="cycling", quantity="storage_temperature_celsius")
    assert set(found.values_list("value", flat=True)) == {STORAGE_CELSIUS}
