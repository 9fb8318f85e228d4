"""Batches, weighings, links and furnace logs over the API."""

from __future__ import annotations

import pytest

from synthesis.batch.models import Batch, Weighing
from synthesis.chemical.models import Lot
from synthesis.chemical.services import save_lot

URL = "/api/v1/batches"


@pytest.fixture
def logged(weighed, furnace_log, log_of):
    log_of(weighed, furnace_log)
    return weighed


def codes(response) -> list[str]:
    return sorted(row["code"] for row in response.json()["results"])


def test_a_batch_is_started_changed_and_read_with_its_story(api, ada, project, recipe_version, lots):
    script = api(ada)
    said = {"project": project.pk, "code": "A-1", "recipe_version": recipe_version.pk, "wanted_precursor_mass_g": 100}
    made = script.post(URL, {**said, "planned_lots": [lot.pk for lot in lots.values()]})
    assert made.status_code == 201, made.json()
    found = made.json()
    assert found["product"] == "GP-NCM"
    assert found["process"] == recipe_version.process
    # As in test_arithmetic, from salts of 99 %.
    targets = [line["target_mass_g"] for line in found["story"]["lines"]]
    assert targets == pytest.approx([100, 48.1098, 19.0267], rel=1e-4)
    changed = script.patch(f"{URL}/{found['id']}", {"mass_after_sintering_g": 120, "reason": "out of the furnace"})
    assert changed.json()["mass_after_sintering_g"] == 120
    history = Batch.objects.get().history.first()
    assert (history.history_user, history.history_change_reason) == (ada, "out of the furnace")


@pytest.mark.parametrize(
    ("fields", "about"),
    [
        ({"code": ""}, "code"),
        ({"wanted_precursor_mass_g": -1}, "wanted_precursor_mass_g"),
        ({"scale": "huge"}, "scale"),
        ({"process": [{"kind": "wash"}]}, "process"),
        ({"mass_after_sintering_g": 1, "mass_after_washing_g": 2}, "non_field_errors"),
        ({"recipe_version": 999999}, "recipe_version"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_saved(fields, about, api, ada, project, recipe_version):
    answer = api(ada).post(URL, {"project": project.pk, "code": "A-1", **fields})
    assert answer.status_code == 400
    assert {error["attr"].split(".")[0] for error in answer.json()["errors"]} == {about}
    assert not Batch.objects.exists()


def test_batches_are_filtered_by_fields_and_by_what_their_furnace_did(api, ada, logged, project, recipe_version):
    script = api(ada)
    script.post(URL, {"project": project.pk, "code": "P-1", "product": "P-NCM", "scale": "pilot"})
    for query, expected in {
        "": ["GP-NCM-01", "P-1"],
        "scale=pilot": ["P-1"],
        "recipe=GP-NCM": ["GP-NCM-01"],
        "furnace.peak_temperature_celsius__gte=762": ["GP-NCM-01"],
        "furnace.peak_temperature_celsius__gte=764": [],
        "awaiting_mass=true": ["GP-NCM-01"],
        "awaiting_mass=false": ["P-1"],
    }.items():
        assert codes(script.get(f"{URL}?{query}")) == expected, query
    assert script.get(f"{URL}?furnace.no_such=1").status_code == 400


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_reads_and_an_outsider_finds_nothing(who, api, weighed, lots, project, request):
    user = request.getfixturevalue(who)
    script = api(user)
    sees = who == "ben"
    assert codes(script.get(URL)) == (["GP-NCM-01"] if sees else [])
    assert script.get(f"{URL}/{weighed.pk}").status_code == (200 if sees else 404)
    assert script.get(f"{URL}/{weighed.pk}/story").status_code == (200 if sees else 404)
    assert len(script.get("/api/v1/weighings").json()["results"]) == (3 if sees else 0)
    refused = 403 if sees else 404
    assert script.patch(f"{URL}/{weighed.pk}", {"note": "x"}).status_code == refused
    assert script.post(f"{URL}/{weighed.pk}/copy", {"code": "X"}).status_code == refused
    said = {"batch": weighed.pk, "lot": lots["flux"].pk, "mass_g": 1}
    assert script.post("/api/v1/weighings", said).status_code == (403 if sees else 400)
    assert script.post(URL, {"project": project.pk, "code": "X"}).status_code == (403 if sees else 400)
    weighing = weighed.weighings.first()
    assert script.delete(f"/api/v1/weighings/{weighing.pk}?reason=x").status_code == refused
    assert weighed.weighings.count() == 3


def test_the_story_has_ratios_balance_and_deviations(api, ada, logged):
    story = api(ada).get(f"{URL}/{logged.pk}/story").json()
    flux = story["lines"][2]
    assert (flux["chemical_name"], flux["verdict"]) == ("potassium sulfate", "fail")
    assert flux["deviation"] == pytest.approx(0.02488, rel=1e-3)  # 19.5 / 19.0267 − 1
    assert story["verdict"] == "fail"
    assert story["lithium_to_metals"] == pytest.approx(1.05, rel=1e-4)
    assert story["theoretical_product_g"] == pytest.approx(105.3228, rel=1e-4)
    assert story["product_yield"] is None


def test_a_weighing_is_made_once_and_taken_back_with_its_reason(api, ada, batch, lots):
    script = api(ada)
    said = {"batch": batch.pk, "lot": lots["precursor"].pk, "mass_g": 100}
    first = script.post("/api/v1/weighings", said, headers={"Idempotency-Key": "w-1"})
    again = script.post("/api/v1/weighings", said, headers={"Idempotency-Key": "w-1"})
    assert (first.status_code, again.status_code, Weighing.objects.count()) == (201, 201, 1)
    too_much = script.post("/api/v1/weighings", {**said, "mass_g": 901})
    assert "Only 900 g" in too_much.json()["errors"][0]["detail"]
    key = first.json()["id"]
    assert script.delete(f"/api/v1/weighings/{key}").status_code == 400
    assert script.delete(f"/api/v1/weighings/{key}?reason=typed+twice").status_code == 204
    assert not Weighing.objects.exists()


def test_batches_are_linked_and_a_circle_is_a_conflict(api, ada, batch, project):
    script = api(ada)
    child = script.post(f"{URL}/{batch.pk}/copy", {"code": "GP-NCM-02"}).json()["id"]
    said = {"child": child, "kind": "split", "parent": batch.pk, "mass_g": 50}
    made = script.post("/api/v1/batch-links", said)
    assert made.status_code == 201
    assert script.get(f"{URL}/{child}").json()["links"][0]["parent_code"] == "GP-NCM-01"
    circle = script.post("/api/v1/batch-links", {"child": batch.pk, "kind": "rework", "parent": child})
    assert circle.status_code == 409
    assert script.delete(f"/api/v1/batch-links/{made.json()['id']}?reason=wrong+one").status_code == 204


def test_two_batches_are_compared(api, ada, logged, lots, recipe_version, project):
    script = api(ada)
    control = script.post(URL, {"project": project.pk, "code": "P-1", "recipe_version": recipe_version.pk}).json()["id"]
    for key, mass in (("precursor", 100), ("lithium", 48.11)):
        script.post("/api/v1/weighings", {"batch": control, "lot": lots[key].pk, "mass_g": mass})
    told = script.get(f"{URL}/difference?before={logged.pk}&after={control}").json()
    assert told["differences"] == [{"what": "K2SO4", "before": "0.1", "after": "none"}]
    assert {"peak_temperature_celsius", "flux_ratio"} <= {pair["quantity"] for pair in told["numbers"]}
    assert script.get(f"{URL}/difference?before=x&after=1").status_code == 400


def test_many_are_started_at_once_good_rows_made_and_bad_ones_told(api, ada, project, recipe_version, batch):
    script = api(ada)
    row = {"project": project.pk, "recipe_version": recipe_version.pk}
    rows = [{**row, "code": "B-1"}, {**row, "code": "B-1"}, {**row, "code": batch.code}, {"code": "B-2"}, 7]
    answer = script.post(f"{URL}/bulk", rows, headers={"Idempotency-Key": "b-1"})
    told = answer.json()
    assert (answer.status_code, told["made"], told["refused"]) == (207, 1, 4)
    assert [bool(result["errors"]) for result in told["results"]] == [False, True, True, True, True]
    assert script.post(f"{URL}/bulk", rows, headers={"Idempotency-Key": "b-1"}).json() == told
    assert Batch.objects.filter(code="B-1").count() == 1
    assert script.post(f"{URL}/bulk", []).status_code == 400


def test_a_furnace_log_is_uploaded_for_a_batch_read_and_measured_by_another_thermocouple(
    api, ada, cleo, batch, furnace_log, calls, django_capture_on_commit_callbacks
):
    script = api(ada)
    with open(furnace_log, "rb") as file, django_capture_on_commit_callbacks(execute=True):
        sent = script.post("/api/v1/files", {"file": file, "batch": str(batch.pk)}, format="multipart")
    assert sent.status_code == 201, sent.json()
    calls.run_all()
    (row,) = script.get(f"/api/v1/furnace-logs?batch={batch.pk}").json()["results"]
    assert (row["batch_code"], row["state"], row["heat_treatment"]) == ("GP-NCM-01", "succeeded", 1)
    detail = script.get(f"/api/v1/furnace-logs/{row['id']}").json()
    found = {one["quantity"]: one["value"] for one in detail["results"]}
    assert found["peak_temperature_celsius"] == pytest.approx(763, abs=0.01)
    assert script.get(f"/api/v1/furnace-logs/{row['id']}/time_series").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        changed = script.patch(f"/api/v1/furnace-logs/{row['id']}", {"parameters": {"channel": 2}})
    assert changed.status_code == 200
    calls.run_all()
    second = script.get(f"/api/v1/furnace-logs/{row['id']}").json()
    assert {one["quantity"]: one["value"] for one in second["results"]}["peak_temperature_celsius"] == pytest.approx(
        759
    )
    results = script.get("/api/v1/results?quantity=peak_temperature_celsius&batch_code=GP-NCM-01").json()["results"]
    assert [result["value"] for result in results] == [pytest.approx(759, abs=0.01)]
    for wrong in ({"parameters": {"channel": 99}}, {"parameters": {"colour": 1}}, {"heat_treatment": 9}):
        assert script.patch(f"/api/v1/furnace-logs/{row['id']}", wrong).status_code == 400
    assert api(cleo).get("/api/v1/furnace-logs").json()["results"] == []


@pytest.mark.parametrize("text", ["999999", "x", "{pk}:9", "{pk}:x"])
def test_a_furnace_log_for_no_heat_treatment_is_refused_or_waits(text, api, ada, batch, furnace_log):
    with open(furnace_log, "rb") as file:
        said = {"file": file, "batch": text.format(pk=batch.pk)}
        sent = api(ada).post("/api/v1/files", said, format="multipart")
    assert sent.status_code in (400, 201)
    assert not batch.furnace_logs.exists()


def test_a_lot_that_is_not_planned_twice(api, ada, batch, lots, chemicals):
    other = save_lot(Lot(chemical=chemicals["flux"], number="flux-2", amount_g=10), ada)
    answer = api(ada).patch(f"{URL}/{batch.pk}", {"planned_lots": [lots["flux"].pk, other.pk]})
    assert "are of one chemical" in answer.json()["errors"][0]["detail"]
    assert batch.planned_lots.count() == 3
