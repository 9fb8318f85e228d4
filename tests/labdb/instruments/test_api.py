"""Instruments and calibrations over the API."""

from __future__ import annotations

from datetime import timedelta

from labdb.instruments.models import Calibration, Instrument

ADDRESS = "/api/v1/instruments/"
CALIBRATIONS = "/api/v1/calibrations/"


def errors(response) -> dict[str, str]:
    return {error["attr"]: error["detail"] for error in response.json()["errors"]}


def test_an_instrument_is_added_once_for_one_key_and_changed_with_a_reason(api, ada, project):
    client = api(ada)
    told = {"name": "D8", "technique": "cycling", "maker": "Bruker"}
    made = client.post(ADDRESS, told, headers={"Idempotency-Key": "d8"})
    assert made.status_code == 201
    assert made.json()["state"] == "none-kept"
    assert client.post(ADDRESS, told, headers={"Idempotency-Key": "d8"}).json() == made.json()
    assert Instrument.objects.count() == 1
    changed = client.patch(f"{ADDRESS}{made.json()['id']}/", {"location": "room 14", "reason": "the lab moved"})
    assert changed.json()["location"] == "room 14"
    assert Instrument.history.first().history_change_reason == "the lab moved"
    assert "technique astrology" in errors(client.post(ADDRESS, {"name": "X", "technique": "astrology"}))["technique"]
    assert "already" in errors(client.post(ADDRESS, told))["name"]


def test_a_calibration_is_noted_corrected_and_stands_at_its_instrument(api, ada, d8, today):
    client = api(ada)
    due = today + timedelta(days=365)
    told = {"instrument": d8.pk, "performed_on": f"{today}", "due_on": f"{due}", "standard": "NIST SRM 640f"}
    made = client.post(CALIBRATIONS, told, headers={"Idempotency-Key": "one"})
    assert made.status_code == 201
    client.post(CALIBRATIONS, told, headers={"Idempotency-Key": "one"})
    assert Calibration.objects.count() == 1
    address = f"{CALIBRATIONS}{made.json()['id']}/"
    assert "say why" in errors(client.patch(address, {"certificate": "K-7"}))["reason"]
    assert client.patch(address, {"certificate": "K-7", "reason": "was missing"}).json()["certificate"] == "K-7"
    found = client.get(f"{ADDRESS}{d8.pk}/").json()
    assert (found["state"], found["due_on"], found["calibrations"][0]["certificate"]) == ("in-date", f"{due}", "K-7")
    wrong = client.post(CALIBRATIONS, told | {"due_on": f"{today}"})
    assert "due after the day" in wrong.json()["errors"][0]["detail"]
    assert "still to come" in errors(client.post(CALIBRATIONS, told | {"performed_on": "2999-01-01"}))["performed_on"]


def test_lists_are_filtered_by_state_and_by_instrument(api, ada, d8, calibrated):
    other = Instrument.objects.create(name="STOE", created_by=ada)
    calibrated(d8, -400, -35)
    calibrated(other, -10, 355)
    client = api(ada)

    def names(query: str) -> list[str]:
        return [row["name"] for row in client.get(f"{ADDRESS}?{query}").json()["results"]]

    assert names("state=late") == ["D8"]
    assert names("state=late&state=in-date&ordering=name") == ["D8", "STOE"]
    assert names("maker=Bruker") == ["D8"]
    assert names("due_on__gte=2999-01-01") == []
    (row,) = client.get(f"{CALIBRATIONS}?instrument={other.pk}").json()["results"]
    assert row["instrument_name"] == "STOE"


def test_everybody_reads_and_only_researchers_write(api, ada, ben, cleo, project, d8, calibrated):
    kept = calibrated(d8, -10, 355)
    for user in (ben, cleo):
        client = api(user)
        assert len(client.get(ADDRESS).json()["results"]) == 1
        assert client.get(f"{CALIBRATIONS}{kept.pk}/").status_code == 200
        for refused in (
            client.post(ADDRESS, {"name": "X"}),
            client.patch(f"{ADDRESS}{d8.pk}/", {"note": "mine"}),
            client.post(CALIBRATIONS, {"instrument": d8.pk, "performed_on": "2026-01-01"}),
            client.patch(f"{CALIBRATIONS}{kept.pk}/", {"note": "mine", "reason": "mine"}),
        ):
            assert refused.status_code == 403
            assert "written by researchers" in refused.json()["errors"][0]["detail"]
    limited = api(ada, project=project).post(ADDRESS, {"name": "X"})
    assert "limited to one project" in limited.json()["errors"][0]["detail"]


def test_the_lists_ask_two_queries(api, ada, d8, calibrated, django_assert_max_num_queries):
    for number in range(20):
        calibrated(Instrument.objects.create(name=str(number), created_by=ada), -10, 355)
    client = api(ada)
    for address in (ADDRESS, CALIBRATIONS):
        client.get(address)
        with django_assert_max_num_queries(2):
            assert len(client.get(address).json()["results"]) >= 20
