"""Planned storage: what can be planned, what it tells the analysis, and when a check is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.storage.models import StorageCheck, StoragePlan
from cells.storage.services import StorageError, end_plan, plan_for_cells, remove_plan, save_plan
from labdb.accounts.services import create_project
from labdb.ingest.services import current_parameters
from labdb.provenance.models import AnalysisRun
from tests.cells.cycling.made import made_run
from tests.cells.cycling.tables import cycling_table
from tests.cells.storage.test_analysis import study


def plan_of(cell: Cell, days_ago: float = 0.0, **more) -> StoragePlan:
    begun = timezone.now() - timedelta(days=days_ago)
    return StoragePlan(**{"cell": cell, "started_at": begun, "temperature_celsius": 60.0, "voltage_volt": 4.2, **more})


@pytest.fixture
def plan(cell, ada) -> StoragePlan:
    """Put away 16 days ago; its check after 15 days is late, that after 42 is not."""
    made = plan_of(cell, 16)
    save_plan(made, [15, 42], ada)
    return made


def states(now=None) -> list[str]:
    plans = StoragePlan.objects.with_state(now or timezone.now())
    return list(plans.values_list("state", flat=True))  # type: ignore[misc]  # with_state annotates it


def test_a_plan_has_a_check_at_each_of_its_days(plan):
    assert [(check.day, check.due_at - plan.started_at) for check in plan.checks.all()] == [
        (15, timedelta(days=15)),
        (42, timedelta(days=42)),
    ]


def test_a_check_is_waiting_then_due_soon_then_late(plan):
    for after, state in ((12, "waiting"), (13.5, "due-soon"), (15.1, "late")):
        assert states(plan.started_at + timedelta(days=after)) == [state], after


def test_a_check_is_made_by_a_file_whose_storage_came_to_it(plan, cell, ada):
    made_run(cell, ada, cycling_table(study()[:4]))  # 15 days and its check
    assert [check.done for check in StorageCheck.objects.with_done().order_by("day")] == [True, False]
    assert states() == ["waiting"]
    made_run(cell, ada, cycling_table(study()))
    # The file came before the second check could have been made, so it is of another storage.
    assert [check.done for check in StorageCheck.objects.with_done().order_by("day")] == [True, False]


def test_all_checks_made_is_said(cell, ada):
    save_plan(plan_of(cell, 50), [15, 42], ada)
    made_run(cell, ada, cycling_table(study()))
    assert states() == ["checked"]


def test_a_plan_that_ended_waits_for_nothing(plan, ada):
    end_plan(plan, ada)
    assert states() == ["ended"]
    assert not StorageCheck.objects.all().awaited(timezone.now()).exists()
    with pytest.raises(StorageError, match="ended on"):
        end_plan(plan, ada)


def test_a_cell_is_stored_by_one_plan_at_a_time(plan, cell, ada):
    with pytest.raises(StorageError, match="is stored since"):
        save_plan(plan_of(cell), [], ada)
    end_plan(plan, ada)
    save_plan(plan_of(cell), [7], ada)
    assert StoragePlan.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "days", "field"),
    [
        ({"temperature_celsius": 600}, [15], "temperature_celsius"),
        ({"temperature_celsius": None}, [15], "temperature_celsius"),
        ({}, [42, 15], "check_days"),
        ({}, [0], "check_days"),
        ({"voltage_volt": -4.2}, [], "voltage_volt"),
        ({"voltage_volt": None, "state_of_charge": 50}, [], "state_of_charge"),
        ({"state_of_charge": 0.5}, [], "state_of_charge"),
        ({"ended_at": timezone.now() - timedelta(days=1)}, [], "ended_at"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cell, ada, changed, days, field):
    with pytest.raises(StorageError) as refused:
        save_plan(plan_of(cell, **changed), days, ada)
    assert refused.value.field == field
    assert not StoragePlan.objects.exists()


def test_changed_days_keep_those_that_stay_and_the_history_of_those_that_go(plan, ada):
    kept = plan.checks.get(day=15)
    save_plan(plan, [15, 28], ada, "oven needed")
    assert plan.checks.get(day=15) == kept
    gone = StorageCheck.history.filter(history_type="-").get()
    assert (gone.day, gone.history_user, gone.history_change_reason) == (42, ada, "oven needed")


def test_a_later_beginning_moves_the_checks(plan, ada):
    plan.started_at += timedelta(days=2)
    save_plan(plan, [15, 42], ada)
    assert plan.checks.get(day=15).due_at == plan.started_at + timedelta(days=15)
    assert states() == ["due-soon"]


def test_the_plan_tells_the_analysis_the_temperature_and_the_run_records_it(cell, ada, calls, plan):
    run = made_run(cell, ada, cycling_table(study()))
    assert run.parameters["storage_temperature_celsius"] == 60.0
    assert run.parameters["storage_check_days"] == [15, 42]
    assert run.results.get(quantity="storage_temperature_celsius").value == 60.0


def test_planning_changing_and_removing_analyse_the_tests_again(cell, ada, calls, django_capture_on_commit_callbacks):
    made_run(cell, ada, cycling_table(study()))
    plan = plan_of(cell, 50)
    with django_capture_on_commit_callbacks(execute=True):
        assert len(save_plan(plan, [15, 42], ada)) == 1
    plan.temperature_celsius = 45.0
    assert [run.parameters["storage_temperature_celsius"] for run in save_plan(plan, [15, 42], ada)] == [45.0]
    plan.note = "upper shelf"
    assert save_plan(plan, [15, 42], ada) == []
    (run,) = remove_plan(plan, ada)
    assert "storage_temperature_celsius" not in run.parameters
    assert AnalysisRun.objects.count() == 4


def test_plans_of_two_temperatures_leave_it_to_the_file(cell, ada, plan):
    end_plan(plan, ada)
    save_plan(plan_of(cell, temperature_celsius=25.0), [90], ada)
    test = CyclingTest.objects.create(project=cell.project, technique="cycling", name="a", cell=cell, created_by=ada)
    found = current_parameters(test)
    assert "storage_temperature_celsius" not in found
    assert found["storage_check_days"] == [15, 42, 90]


def test_several_cells_are_planned_together_or_not_at_all(project, cell, ada):
    cells = [cell, *(Cell.objects.create(project=project, code=f"D-{n}", created_by=ada) for n in range(2))]
    made = plan_for_cells(cells, plan_of(cell), [15], ada)
    assert [plan.cell for plan in made] == cells
    fresh = Cell.objects.create(project=project, code="E", created_by=ada)
    with pytest.raises(StorageError):
        plan_for_cells([fresh, cell], plan_of(fresh), [15], ada)
    assert StoragePlan.objects.count() == 3


def test_who_may_plan(cell, ada, ben, cleo, plan):
    for user in (ben, cleo):
        with pytest.raises(PermissionDenied):
            save_plan(plan_of(cell), [15], user)
        with pytest.raises(PermissionDenied):
            end_plan(plan, user)
        with pytest.raises(PermissionDenied):
            remove_plan(plan, user)
    assert StoragePlan.objects.visible_to(ben).count() == 1
    assert not StoragePlan.objects.visible_to(cleo).exists()


# Pages.


def form(**changed) -> dict[str, str]:
    fields = {
        "started_at": "2026-01-02T09:00",
        "temperature_celsius": "60",
        "check_days": "42, 15",
        "voltage_volt": "4.2",
    }
    return {**fields, **changed}


def test_a_plan_is_made_on_the_page_of_the_cell(client, ada, cell):
    client.force_login(ada)
    assert f"/storage-plans/new?id={cell.pk}" in client.get(f"/cells/{cell.pk}/").content.decode()
    page = client.post(f"/storage-plans/new?id={cell.pk}", form(), follow=True).content.decode()
    plan = StoragePlan.objects.get()
    assert (plan.check_days, plan.temperature_celsius, plan.created_by) == ([15, 42], 60, ada)
    assert "charged to 4.2 V" in page
    assert f"/storage-plans/new?id={cell.pk}" not in page


def test_several_ticked_cells_are_planned_in_one_form(client, ada, project, cell):
    other = Cell.objects.create(project=project, code="D-1", created_by=ada)
    client.force_login(ada)
    assert "Plan storage of 2 cells" in client.get(f"/storage-plans/new?id={cell.pk}&id={other.pk}").content.decode()
    client.post(f"/storage-plans/new?id={cell.pk}&id={other.pk}", form())
    assert set(StoragePlan.objects.values_list("cell__code", flat=True)) == {"C-001", "D-1"}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"check_days": "soon"}, "Write the days as numbers"),
        ({"temperature_celsius": "600"}, "A chamber is from -60 to 150"),
        ({"charge_percent": "50"}, "Say the voltage or the state of charge, not both."),
        ({"ended_at": "2025-01-01T00:00"}, "cannot end before it began"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(client, ada, cell, changed, sentence):
    client.force_login(ada)
    page = client.post(f"/storage-plans/new?id={cell.pk}", form(note="upper shelf", **changed)).content.decode()
    assert sentence in page
    assert "upper shelf" in page
    assert not StoragePlan.objects.exists()


def test_a_plan_is_changed_ended_and_removed(client, ada, plan):
    client.force_login(ada)
    assert 'value="15, 42"' in client.get(f"/storage-plans/{plan.pk}/change").content.decode()
    changed = form(check_days="7", voltage_volt="", charge_percent="50", reason="stored half charged")
    client.post(f"/storage-plans/{plan.pk}/change", changed)
    plan = StoragePlan.objects.get()
    assert (plan.check_days, plan.voltage_volt, plan.state_of_charge) == ([7], None, 0.5)
    assert plan.history.first().history_change_reason == "stored half charged"
    page = client.get(f"/storage-plans/{plan.pk}/change").content.decode()
    for said in ("stored half charged", "Check after 7 days made", "Check after 42 days removed"):
        assert said in page
    assert "stored no more" in client.post(f"/storage-plans/{plan.pk}/end", follow=True).content.decode()
    client.post(f"/storage-plans/{plan.pk}/remove")
    assert not StoragePlan.objects.exists()


def test_who_sees_and_who_writes_on_pages(client, ada, ben, cleo, cell, plan):
    client.force_login(ben)
    page = client.get(f"/cells/{cell.pk}/").content.decode()
    assert "charged to 4.2 V" in page
    assert "/change" not in page
    assert "C-001" in client.get("/storage-plans/").content.decode()
    for user in (ben, cleo):
        client.force_login(user)
        assert client.get(f"/storage-plans/new?id={cell.pk}").status_code == 404
        for verb in ("change", "end", "remove"):
            assert client.post(f"/storage-plans/{plan.pk}/{verb}", form()).status_code == 404
    assert "C-001" not in client.get("/storage-plans/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"), [("state=late", 1), ("state=ended", 0), ("min_storage_temperature_celsius=61", 0)]
)
def test_the_list_is_filtered(client, ada, plan, query, found):
    client.force_login(ada)
    assert client.get(f"/storage-plans/?{query}").content.decode().count(f"/cells/{plan.cell_id}/#storage") == found


def test_the_list_goes_out_as_csv(client, ada, plan):
    client.force_login(ada)
    lines = client.get("/storage-plans/?as=csv").getvalue().decode().splitlines()
    assert lines[0].startswith("cell,product,state,next_due_at,storage_temperature_celsius")
    assert lines[1].startswith("C-001,GP-NCM,late,")


def test_late_checks_stand_in_the_worklist_of_who_may_see_them(client, ada, ben, cleo, plan):
    for user, sees in ((ada, True), (ben, True), (cleo, False)):
        client.force_login(user)
        assert ("Late checks of stored cells" in client.get("/").content.decode()) == sees


def test_a_check_that_is_not_yet_due_is_no_work(client, ada, cell):
    save_plan(plan_of(cell, 2), [15], ada)
    client.force_login(ada)
    assert "Late checks" not in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["/storage-plans/", "/", "/api/v1/storage-plans"])
def test_more_plans_ask_no_more_queries(client, project, ada, plan, address):
    client.force_login(ada)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    count()
    before = count()
    for number in range(5):
        save_plan(plan_of(Cell.objects.create(project=project, code=f"D-{number}", created_by=ada), 16), [15, 42], ada)
    assert count() == before


# REST.


def test_a_script_plans_changes_ends_and_removes(api, ada, cell):
    client = api(ada)
    said = {"cell": cell.pk, "temperature_celsius": 60, "voltage_volt": 4.2, "check_days": [15, 42]}
    made = client.post("/api/v1/storage-plans", {**said, "started_at": "2026-01-02T09:00:00Z"}, format="json")
    assert made.status_code == 201, made.json()
    row = made.json()
    assert [(check["day"], check["done"]) for check in row["checks"]] == [(15, False), (42, False)]
    assert (row["state"], row["cell_code"]) == ("late", "C-001")
    address = f"/api/v1/storage-plans/{row['id']}"
    changed = client.patch(address, {"check_days": [7], "reason": "as agreed"}, format="json").json()
    assert [check["day"] for check in changed["checks"]] == [7]
    assert client.patch(address, {"note": "shelf"}, format="json").json()["checks"] == changed["checks"]
    assert client.post(f"{address}/end", {}, format="json").json()["state"] == "ended"
    assert client.post(f"{address}/end", {}, format="json").status_code == 400
    assert client.delete(address).status_code == 204


def test_rest_refuses_at_the_field(api, ada, cell):
    said = {"cell": cell.pk, "temperature_celsius": 60, "check_days": [42, 15]}
    answer = api(ada).post("/api/v1/storage-plans", said, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "check_days"
    assert "must rise" in answer.json()["errors"][0]["detail"]


def test_who_may_do_what_over_rest(api, ada, ben, cleo, cell, plan):
    address = f"/api/v1/storage-plans/{plan.pk}"
    new = {"cell": cell.pk, "temperature_celsius": 25}
    assert api(ben).get(address).status_code == 200
    assert api(ben).post("/api/v1/storage-plans", new, format="json").status_code == 403
    assert api(ben).patch(address, {"note": "x"}, format="json").status_code == 403
    assert api(ben).delete(address).status_code == 403
    assert api(cleo).get(address).status_code == 404
    assert api(cleo).get("/api/v1/storage-plans").json()["results"] == []
    assert api(cleo).post("/api/v1/storage-plans", new, format="json").status_code == 400
    assert api(cleo).delete(address).status_code == 404
    assert api(ada, read_only=True).patch(address, {"note": "x"}, format="json").status_code == 403


def test_a_plan_stays_with_its_cell(api, ada, plan):
    other = Cell.objects.create(project=create_project(ada, "Another"), code="X", created_by=ada)
    answer = api(ada).patch(f"/api/v1/storage-plans/{plan.pk}", {"cell": other.pk}, format="json")
    assert answer.status_code == 400


def test_rest_filters_by_state(api, ada, plan):
    client = api(ada)
    assert len(client.get("/api/v1/storage-plans?state=late").json()["results"]) == 1
    assert client.get("/api/v1/storage-plans?state=ended").json()["results"] == []
