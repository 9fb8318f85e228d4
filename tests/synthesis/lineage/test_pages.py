"""The lineage page, its links, and the same over the API."""

from __future__ import annotations

import pytest
from django.urls import reverse

from synthesis.batch.models import BatchLink
from synthesis.batch.services import link, start_batch

Kind = BatchLink.Kind


@pytest.fixture
def batch(project, ada, recipe_version):
    return start_batch(ada, project, "GP-NCM-01", recipe_version)


@pytest.fixture
def other(project, ada, recipe_version):
    return start_batch(ada, project, "GP-NCM-02", recipe_version)


def page(batch) -> str:
    return reverse("batch-lineage", args=[batch.pk])


def test_the_page_draws_the_graph_and_lists_it(client, ada, batch, other):
    link(other, batch, Kind.SPLIT, ada, mass_g=5)
    client.force_login(ada)
    shown = client.get(page(batch)).content.decode()
    assert f'href="{other.get_absolute_url()}" aria-label="batch GP-NCM-02' in shown
    assert "split, 5 g: GP-NCM-01" in shown


def test_ben_sees_it_without_forms_and_cleo_does_not(client, ben, cleo, batch):
    client.force_login(ben)
    shown = client.get(page(batch))
    assert shown.status_code == 200
    assert "Add the link" not in shown.content.decode()
    client.force_login(cleo)
    assert client.get(page(batch)).status_code == 404


@pytest.mark.parametrize(
    ("relation", "said"),
    [("up:scale_up", "GP-NCM-01 scale-up of GP-NCM-02"), ("down:control", "GP-NCM-02 control of GP-NCM-01")],
)
def test_a_link_is_added_in_either_direction(client, ada, batch, other, relation, said):
    client.force_login(ada)
    client.post(page(batch), {"relation": relation, "other": " GP-NCM-02 ", "mass_g": ""})
    assert str(BatchLink.objects.get()) == said


def test_what_cannot_be_linked_is_said_at_the_field_and_nothing_is_lost(client, ada, batch, other):
    link(other, batch, Kind.SPLIT, ada)
    client.force_login(ada)
    circle = client.post(page(batch), {"relation": "up:blend", "other": "GP-NCM-02", "mass_g": "3"})
    assert circle.context["form"].errors["other"] == ["GP-NCM-01 cannot come from GP-NCM-02: GP-NCM-02 comes from it."]
    assert 'value="3"' in circle.content.decode()
    nobody = client.post(page(batch), {"relation": "up:blend", "other": "X"})
    assert "has no batch X" in nobody.context["form"].errors["other"][0]


def test_a_link_is_removed_with_its_reason(client, ada, batch, other):
    made = link(other, batch, Kind.SPLIT, ada)
    client.force_login(ada)
    address = reverse("batch-unlink", args=[batch.pk, made.pk])
    client.post(address, {"reason": " "})
    assert BatchLink.objects.exists()
    client.post(address, {"reason": "wrong tray"})
    assert not BatchLink.objects.exists()
    last = BatchLink.history.first()
    assert (last.history_type, last.history_change_reason, last.history_user) == ("-", "wrong tray", ada)


def test_a_viewer_and_an_outsider_link_nothing(client, ben, cleo, ada, batch, other):
    made = link(other, batch, Kind.SPLIT, ada)
    for who, code in ((ben, 403), (cleo, 404)):
        client.force_login(who)
        asked = {"relation": "up:blend", "other": "GP-NCM-02"}
        assert client.post(page(other), {**asked, "other": "GP-NCM-01"}).status_code == code
        assert client.post(reverse("batch-unlink", args=[batch.pk, made.pk]), {"reason": "x"}).status_code == code
    assert BatchLink.objects.count() == 1


def test_the_page_asks_a_constant_number_of_queries(client, ada, batch, project, django_assert_max_num_queries):
    client.force_login(ada)
    client.get(page(batch))
    for number in range(30):
        link(start_batch(ada, project, f"part {number}", None), batch, Kind.SPLIT, ada)
    with django_assert_max_num_queries(17):
        client.get(page(batch))


def test_the_api_tells_the_same_graph(api, ada, batch, other):
    link(other, batch, Kind.SPLIT, ada, mass_g=5)
    found = api(ada).get(f"/api/v1/batches/{batch.pk}/lineage/").json()
    assert found["batch"] == f"batch:{batch.pk}"
    assert {node["code"] for node in found["nodes"]} == {"GP-NCM-01", "GP-NCM-02"}
    assert found["edges"] == [
        {"source": f"batch:{batch.pk}", "target": f"batch:{other.pk}", "label": "split, 5 g", "comparison": False}
    ]


def test_the_lineage_of_a_batch_one_may_not_see_is_not_there(api, cleo, batch):
    assert api(cleo).get(f"/api/v1/batches/{batch.pk}/lineage/").status_code == 404
