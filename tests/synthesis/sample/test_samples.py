"""Samples: series, codes, who may, and the same by pages and API."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from synthesis.batch.services import start_batch
from synthesis.sample.models import Sample
from synthesis.sample.services import SampleError, Series, add_series, planned, remove_sample, save_sample


@pytest.fixture
def batch(project, ada, recipe_version):
    return start_batch(ada, project, "GP-NCM-01", recipe_version)


@pytest.fixture
def pilot(project, ada, recipe_version):
    return start_batch(ada, project, "GP-Ni96-P7", recipe_version, scale="pilot")


@pytest.fixture
def sample(batch, ada):
    return add_series(batch, ada, Series("final", amount_g=50))[0]


def test_a_sample_is_named_after_its_batch_and_stage(batch, ada):
    assert [s.code for s in add_series(batch, ada, Series("washed"))] == ["GP-NCM-01-W1"]
    assert [s.code for s in add_series(batch, ada, Series("washed"))] == ["GP-NCM-01-W2"]
    assert [s.code for s in add_series(batch, ada, Series("final", prefix="G7/", first=3))] == ["G7/3"]


def test_eight_saggars_in_four_zones_are_eight_numbered_sub_lots(pilot, ada):
    made = add_series(pilot, ada, Series("sub_lot", count=8, from_saggars=True, zones=4, amount_g=12_500))
    assert [(s.stage_number, s.saggar, s.furnace_zone) for s in made] == [
        (1, "1", "1"), (2, "2", "1"), (3, "3", "2"), (4, "4", "2"),
        (5, "5", "3"), (6, "6", "3"), (7, "7", "4"), (8, "8", "4"),
    ]  # fmt: skip
    assert made[2].where_from == "sub-lot 3, saggar 3, zone 2"
    assert Sample.history.filter(history_user=ada, history_type="+").count() == 8


def test_codes_of_a_long_series_sort_as_they_count(pilot):
    codes = [sample.code for sample in planned(pilot, Series("sub_lot", count=12))]
    assert (codes[0], codes[-1]) == ("GP-Ni96-P7-S01", "GP-Ni96-P7-S12")
    assert codes == sorted(codes)


@pytest.mark.parametrize(
    ("series", "field", "sentence"),
    [
        (Series("final", count=0), "count", "1 to 200"),
        (Series("final", count=201), "count", "not 201"),
        (Series("sub_lot", count=8, zones=2), "zones", "saggar of its own"),
        (Series("sub_lot", count=2, from_saggars=True, zones=3), "zones", "at most 2 zones"),
        (Series("final", amount_g=-1), "amount_g", "must be over 0"),
    ],
)
def test_a_senseless_series_is_refused_by_a_sentence(batch, ada, series, field, sentence):
    with pytest.raises(SampleError, match=sentence) as refused:
        add_series(batch, ada, series)
    assert refused.value.field == field


def test_a_taken_code_saves_nothing_of_the_series(batch, ada):
    add_series(batch, ada, Series("final", first=3))
    with pytest.raises(SampleError, match="has GP-NCM-01-F3 already"):
        add_series(batch, ada, Series("final", count=4, first=1))
    assert Sample.objects.count() == 1


def test_a_change_and_a_removal_keep_who_and_why(sample, ada):
    sample.location = "cabinet 2"
    save_sample(sample, ada, "moved")
    assert (sample.history.first().history_change_reason, sample.history.first().history_user) == ("moved", ada)
    with pytest.raises(SampleError, match="needs its reason"):
        remove_sample(sample, ada, " ")
    remove_sample(sample, ada, "spilt")
    assert Sample.history.first().history_change_reason == "spilt"


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_a_viewer_and_an_outsider_change_no_sample(who, sample, batch, request):
    user = request.getfixturevalue(who)
    for act in (
        lambda: add_series(batch, user, Series("final")),
        lambda: save_sample(sample, user),
        lambda: remove_sample(sample, user, "x"),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_pages_are_for_members_and_writing_for_researchers(client, sample, batch, ada, ben, cleo):
    pages = [sample.get_absolute_url(), reverse("sample-list")]
    forms = [reverse("sample-new", args=[batch.pk]), reverse("sample-change", args=[sample.pk])]
    for who, code, form_code in ((ada, 200, 200), (ben, 200, 403), (cleo, 404, 404)):
        client.force_login(who)
        assert client.get(pages[0]).status_code == code
        assert [client.get(form).status_code for form in forms] == [form_code, form_code]
        assert client.post(reverse("sample-remove", args=[sample.pk]), {"reason": ""}).status_code in (302, 403, 404)
        assert (sample.code in client.get(pages[1]).content.decode()) is (who != cleo)
    assert Sample.objects.exists()


def test_a_series_is_taken_in_the_browser_form_and_leads_back_to_the_batch(client, pilot, ada):
    client.force_login(ada)
    asked = {"stage": "sub_lot", "count": 8, "stage_number": 1, "from_saggars": "on", "zones": 4}
    shown = client.post(reverse("sample-preview", args=[pilot.pk]), asked).content.decode()
    assert "GP-Ni96-P7-S8" in shown
    assert not Sample.objects.exists()
    answer = client.post(reverse("sample-new", args=[pilot.pk]), asked)
    assert answer["Location"] == f"{pilot.get_absolute_url()}#samples"
    assert Sample.objects.count() == 8
    again = client.post(reverse("sample-new", args=[pilot.pk]), {**asked, "first": 1})
    assert "already" in again.context["form"].errors["codes"][0]


def test_the_list_filters_by_range_and_stage_and_goes_out_as_csv(client, ada, pilot):
    add_series(pilot, ada, Series("sub_lot", count=3, amount_g=10))
    add_series(pilot, ada, Series("final", amount_g=99))
    client.force_login(ada)
    shown = client.get(reverse("sample-list"), {"min_amount_g": 50})
    assert [row.code for row in shown.context["listing"].page] == ["GP-Ni96-P7-F1"]
    csv = b"".join(client.get(reverse("sample-list"), {"stage": "sub_lot", "as": "csv"}).streaming_content).decode()
    assert csv.count("GP-Ni96-P7-S") == 3


def test_the_list_asks_a_constant_number_of_queries(client, ada, pilot, django_assert_max_num_queries):
    add_series(pilot, ada, Series("sub_lot", count=120))
    client.force_login(ada)
    client.get(reverse("sample-list"))
    with django_assert_max_num_queries(9):
        client.get(reverse("sample-list"))


def test_a_search_finds_samples_by_code_and_place(client, ada, cleo, sample):
    client.force_login(ada)
    assert sample.get_absolute_url() in client.get("/search", {"q": "01-F1"}).content.decode()
    client.force_login(cleo)
    assert sample.get_absolute_url() not in client.get("/search", {"q": "01-F1"}).content.decode()


def test_samples_are_taken_changed_and_removed_over_the_api(api, ada, ben, cleo, batch):
    asked = {"batch": batch.pk, "code": "F1", "stage": "final", "amount_g": 12.5}
    assert api(cleo).post("/api/v1/samples/", asked).status_code == 400  # there is no such batch for her
    assert api(ben).post("/api/v1/samples/", asked).status_code == 403
    made = api(ada).post("/api/v1/samples/", asked)
    assert (made.status_code, made.json()["batch_code"]) == (201, "GP-NCM-01")
    assert api(ada).post("/api/v1/samples/", asked).json()["errors"][0]["attr"] == "code"
    address = f"/api/v1/samples/{made.json()['id']}/"
    assert api(ada).patch(address, {"location": "cabinet 1"}).json()["location"] == "cabinet 1"
    assert api(ben).patch(address, {"location": "x"}).status_code == 403
    assert api(cleo).get(address).status_code == 404
    assert [row["code"] for row in api(ben).get("/api/v1/samples/?amount_g__gte=12").json()["results"]] == ["F1"]
    assert api(ada).delete(address).status_code == 400
    assert api(ada).delete(f"{address}?reason=typed+twice").status_code == 204


def test_a_bulk_of_samples_takes_the_good_and_tells_the_bad(api, ada, batch, pilot, django_assert_max_num_queries):
    rows = [
        {"batch": batch.pk, "code": "A"},
        {"batch": pilot.pk, "code": "A"},
        {"batch": batch.pk, "code": "A"},
        {"batch": batch.pk, "code": "B", "amount_g": -1},
        {"batch": 0, "code": "C"},
    ]
    told = api(ada).post("/api/v1/samples/bulk/", rows)
    assert told.status_code == 207
    assert [sorted(one["errors"]) for one in told.json()["results"]] == [[], [], ["code"], ["amount_g"], ["batch"]]
    assert Sample.objects.count() == 2
    script = api(ada)
    with django_assert_max_num_queries(20):
        many = [{"batch": batch.pk, "code": f"N{n}", "stage": "retained"} for n in range(200)]
        assert script.post("/api/v1/samples/bulk/", many).status_code == 201
