"""The demo study as it is loaded: two of its cells, with only a few cycles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cells.assembly.models import Cell, CellTemplate
from cells.cycling.models import CyclingTest
from cells.storage.models import StoragePlan
from dashboards.demo import characterizing
from dashboards.demo.building import build, lay_templates
from dashboards.demo.simulate import files
from dashboards.demo.simulate.specimens import specimens
from dashboards.demo.study import PROJECT, ForeignProjectError, is_loaded, prepare, upload
from dashboards.management.commands import load_demo
from labdb.accounts.models import Project, Role, User
from labdb.accounts.services import create_project
from labdb.files.models import RawFile
from labdb.provenance.models import AnalysisRun, Result

CODES = ("GP-NCM-H1", "GP-Ni96-P1")


@pytest.fixture
def short_study(monkeypatch, settings, tmp_path):
    """A half cell, and a pouch cell whose test stands in two files."""
    chosen = [cell for cell in specimens() if cell.code in CODES]
    chosen = [
        replace(cell, program=replace(cell.program, ageing_cycles=6, cut_after=cell.program.cut_after and 5))
        for cell in chosen
    ]
    monkeypatch.setattr(load_demo, "specimens", lambda: chosen)
    monkeypatch.setattr(characterizing, "brought", list)
    settings.DATA_DIR = tmp_path
    return chosen


def load(**options) -> None:
    call_command("load_demo", processes=1, verbosity=0, **options)


@pytest.mark.django_db
def test_the_study_is_marked_as_simulated_in_project_cells_and_files(short_study, calls):
    load()
    assert Project.objects.get(name=PROJECT).simulated
    assert list(Cell.objects.values_list("code", "simulated")) == [(code, True) for code in CODES]
    assert set(RawFile.objects.values_list("simulated", flat=True)) == {True}
    assert all("simulated" in name for name in RawFile.objects.values_list("name", flat=True))


@pytest.mark.django_db
def test_a_cell_says_what_its_numbers_depend_on(short_study, calls):
    load()
    half, pouch = Cell.objects.order_by("code")
    assert half.format == Cell.Format.COIN_HALF
    assert half.reference_electrode == Cell.Reference.LITHIUM
    assert half.nominal_specific_capacity_mah_per_g == 190
    assert half.active_mass_mg == pytest.approx(short_study[0].cell.active_mass_mg, rel=2e-4)
    assert half.active_mass_source == Cell.MassSource.WEIGHED
    assert (half.product, half.batch_code) == ("GP-NCM", "GP-NCM-B1")
    assert pouch.format == Cell.Format.POUCH_FULL
    assert pouch.reference_electrode == Cell.Reference.NONE
    assert pouch.nominal_specific_capacity_mah_per_g == 245


@pytest.mark.django_db
def test_a_cell_tells_how_it_is_built(short_study, calls):
    load()
    half, pouch = Cell.objects.with_electrodes().order_by("code")
    for cell in (half, pouch):
        cell.full_clean(exclude=["created_by"])
    assert (half.case, half.anode_diameter_mm, half.electrolyte_volume_microliter) == ("CR2025", 10, 200)
    assert half.positive_electrode.sheet.ratio == "90 : 5 : 5"
    assert (pouch.electrolyte_mass_g, pouch.pouch_layers) == (1.0, 2)
    assert (pouch.lower_voltage_volt, pouch.upper_voltage_volt) == (3.1, 4.2)
    assert pouch.n_p_ratio == pytest.approx(1.1, rel=1e-3)
    assert pouch.balance.area_ratio == pytest.approx(21.09 / 19.25)
    assert pouch.balance.doubts == ()


@pytest.mark.django_db
def test_a_stored_cell_has_the_plan_that_tells_its_files_how_warm_it_was(short_study, calls, tmp_path):
    project, owner = prepare()
    cells = {specimen.code: specimen for specimen in specimens()}
    for code in ("GP-Ni96-W1", "P-Ni96-W3"):
        (run, *_) = upload(files.write_files(cells[code], tmp_path), project, owner)
        assert run.measurement.runs.latest("pk").parameters["storage_temperature_celsius"] == 60
    ended, late = StoragePlan.objects.order_by("cell__code").with_state(timezone.now())
    assert [check.day for check in ended.checks.order_by("day")] == [15, 42]
    assert ended.state == "ended"
    # It went back into the oven for a third check, of which there is no file.
    assert [check.day for check in late.checks.order_by("day")] == [15, 42, 90]
    assert late.ended_at is None


@pytest.mark.django_db
def test_every_template_and_a_cell_of_every_format_is_one_that_a_person_could_have_entered(short_study, calls):
    project, owner = prepare()
    lay_templates(project, owner)
    for template in CellTemplate.objects.all():
        template.full_clean()
    chosen = {specimen.kind.name: specimen for specimen in specimens()}
    for specimen in chosen.values():
        cell = build(specimen, project, owner)
        cell.full_clean(exclude=["created_by"])
        assert cell.active_mass_mg == pytest.approx(specimen.cell.active_mass_mg, rel=3e-4)
    solid = Cell.objects.get(format=Cell.Format.SOLID_STATE)
    assert solid.potential_against_lithium_volt == 0.6
    assert [layer.material for layer in solid.layers] == ["Li3InCl6", "Li6PS5Cl", "Li3InCl6"]


@pytest.mark.django_db
def test_a_second_load_changes_nothing(short_study, calls):
    load()
    before = {model: list(model.objects.order_by("pk").values()) for model in (User, Project, Cell, RawFile)}
    runs = AnalysisRun.objects.count()
    load()
    assert {model: list(model.objects.order_by("pk").values()) for model in before} == before
    assert AnalysisRun.objects.count() == runs == 3 + 18  # tests, furnace logs


@pytest.mark.django_db
def test_an_interrupted_load_is_continued(short_study, calls, tmp_path):
    project, owner = prepare()
    pouch = short_study[1]
    both = files.write_files(pouch, tmp_path)
    upload(replace(both, paths=both.paths[:1]), project, owner)
    assert not is_loaded(project, pouch)
    load()
    assert is_loaded(project, pouch)
    test = CyclingTest.objects.get(cell__code=pouch.code)
    assert [file.name for file in test.raw_files] == list(files.names(pouch))


@pytest.mark.django_db
def test_the_restarted_test_is_analysed_as_one(short_study, calls):
    load(now=True)
    assert set(AnalysisRun.objects.values_list("state", flat=True)) == {"succeeded"}
    run = CyclingTest.objects.get(cell__code="GP-Ni96-P1").current_run
    assert [item["name"] for item in run.inputs] == list(files.names(short_study[1]))
    # Five cycles in the first file, four in the second, counted on: three of formation and six at 1 C.
    assert Result.objects.get(run=run, quantity="cycles").value == 9
    assert list(run.cycles.values_list("cycle_count", flat=True)) == list(range(1, 10))
    assert list(run.cycles.values_list("kind", flat=True)) == ["formation"] * 3 + ["ageing"] * 6


@pytest.mark.django_db
def test_the_demo_people_have_one_role_each_and_none_outside(short_study, calls, client):
    load()
    project = Project.objects.get(name=PROJECT)
    roles = {person.username: project.role_of(person) for person in User.objects.all()}
    assert roles == {
        "demo": Role.RESEARCHER,
        "demo-viewer": Role.VIEWER,
        "demo-verifier": Role.VERIFIER,
        "demo-qa": Role.QA_RELEASER,
    }
    assert not User.objects.filter(is_superuser=True).exists()
    assert User.objects.get(username="demo").check_password("demo")


@pytest.mark.django_db
def test_the_log_in_is_left_where_the_starter_reads_it(short_study, calls, settings):
    load()
    assert Path(settings.DATA_DIR, "demo_login").read_text() == "demo, password demo\n"


@pytest.mark.django_db
def test_outsiders_see_nothing_of_it(short_study, calls, cleo):
    load()
    assert not Cell.objects.visible_to(cleo).exists()


@pytest.mark.django_db
def test_a_project_of_that_name_that_is_not_the_study_is_left_alone(ada, short_study, calls):
    create_project(ada, PROJECT)
    with pytest.raises(ForeignProjectError, match="rename it first"):
        prepare()
    with pytest.raises(CommandError, match="not the demo study"):
        load()
    assert not Cell.objects.exists()
