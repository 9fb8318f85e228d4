"""Pages of batches."""

from __future__ import annotations

from datetime import date

import pytest

from synthesis.batch.models import Batch, Weighing
from synthesis.batch.services import link, save_batch, start_batch, weigh
from synthesis.chemical.models import Lot
from synthesis.chemical.services import left_in, save_lot
from synthesis.heat_treatment.models import FurnaceLog


@pytest.fixture
def logged(weighed, furnace_log, log_of):
    """GP-NCM-01 with an analysed furnace log."""
    log_of(weighed, furnace_log)
    return weighed


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_tells_the_story_from_recipe_to_history(client, ada, logged):
    logged.mass_after_sintering_g, logged.mass_after_washing_g = 124.0, 100.0
    logged.process = [dict(step) for step in logged.process]
    logged.process[2]["repeats"] = 3
    save_batch(logged, ada, "still basic after two")
    client.force_login(ada)
    page = text_of(client.get(logged.get_absolute_url()))
    for words in (
        "GP-NCM v1",
        "wash 3 × with deionised water",
        "1.0500",  # Li : TM
        "0.1025",  # flux, 2.5 % over
        "out of band",
        "48.11",
        "flux-1",
        "Peak temperature",
        "94.9",  # 100 / 105.3228: the yield
        "still basic after two",
    ):
        assert words in page, words
    order = ("recipe", "weighed", "process", "furnace", "masses", "cells", "changes")
    places = [page.index(f'<h2 id="{name}"') for name in order]
    assert places == sorted(places)


def test_a_pilot_batch_is_shown_in_kilograms(client, ada, batch):
    batch.scale, batch.wanted_precursor_mass_g = "pilot", 100_000.0
    save_batch(batch, ada)
    client.force_login(ada)
    page = text_of(client.get(batch.get_absolute_url()))
    assert "48.11" in page
    assert "/ kg" in page


@pytest.mark.parametrize("path", ["", "change", "process", "heats/1", "heats/1/figure.json", "weigh/check"])
def test_cleo_sees_no_page_of_a_batch(path, client, cleo, batch):
    client.force_login(cleo)
    assert client.get(f"/batches/{batch.pk}/{path}").status_code == 404


def test_ben_reads_the_page_and_changes_nothing(client, ben, weighed, lots):
    client.force_login(ben)
    page = text_of(client.get(weighed.get_absolute_url()))
    assert "Weigh it in" not in page
    assert "Upload the log" not in page
    for path, data in {
        "change": {"code": "X"},
        "process": {},
        "masses": {"mass_after_sintering_g": "1"},
        "weigh": {"lot": lots["flux"].pk, "mass_g": "1"},
        "copy": {"code": "X"},
        "heats/1/upload": {},
        f"weighings/{weighed.weighings.first().pk}/take-back": {"reason": "x"},
    }.items():
        assert client.post(f"/batches/{weighed.pk}/{path}", data).status_code == 403, path
    assert weighed.weighings.count() == 3


def test_a_mass_is_weighed_in_with_its_unit_and_the_lot_has_that_much_less(client, ada, batch, lots):
    client.force_login(ada)
    answer = client.post(f"/batches/{batch.pk}/weigh", {"lot": lots["precursor"].pk, "mass_g": "0.1 kg"})
    assert answer.url == f"/batches/{batch.pk}/#weighed"
    assert Weighing.objects.get().mass_g == 100
    assert left_in(lots["precursor"]) == 900


def test_an_expired_lot_is_weighed_with_a_reason_and_the_form_keeps_what_was_typed(client, ada, batch, chemicals):
    old = save_lot(
        Lot(
            chemical=chemicals["flux"],
            number="old",
            amount_g=5,
            received_on=date(2020, 1, 1),
            expires_on=date(2021, 1, 1),
        ),
        ada,
    )
    client.force_login(ada)
    check = text_of(client.get(f"/batches/{batch.pk}/weigh/check", {"lot": old.pk, "mass_g": "6"}))
    assert "expired on 2021-01-01" in check
    assert "data-needs-reason" in check
    page = text_of(client.post(f"/batches/{batch.pk}/weigh", {"lot": old.pk, "mass_g": "6"}))
    assert "expired on 2021-01-01" in page
    assert 'value="6"' in page
    assert "reason whole shown" in page
    client.post(f"/batches/{batch.pk}/weigh", {"lot": old.pk, "mass_g": "4", "reason": "no other in the lab"})
    assert Weighing.objects.get().reason == "no other in the lab"


def test_the_check_says_what_the_ratio_would_be(client, ada, batch, lots):
    weigh(batch, lots["precursor"], 100, ada)
    client.force_login(ada)
    said = text_of(client.get(f"/batches/{batch.pk}/weigh/check", {"lot": lots["flux"].pk, "mass_g": "19.2"}))
    assert "To weigh: <strong>19.03 g</strong>" in said
    assert "0.1009" in said  # 0.1 × 19.2 / 19.0267
    assert "980.80 g of the lot left" in said
    wrong = text_of(client.get(f"/batches/{batch.pk}/weigh/check", {"lot": lots["flux"].pk, "mass_g": "lots"}))
    assert "is no mass" in wrong


@pytest.mark.parametrize(("mass", "sentence"), [("", "required"), ("-2", "must be over 0"), ("x", "is no mass")])
def test_a_mass_that_is_none_is_said_at_its_field(mass, sentence, client, ada, batch, lots):
    client.force_login(ada)
    page = text_of(client.post(f"/batches/{batch.pk}/weigh", {"lot": lots["flux"].pk, "mass_g": mass}))
    assert sentence in page
    assert not Weighing.objects.exists()


def test_a_weighing_is_taken_back_with_a_reason_that_the_history_shows(client, ada, weighed, lots):
    wrong = weighed.weighings.get(lot=lots["flux"])
    client.force_login(ada)
    assert "needs its reason" in text_of(
        client.post(f"/batches/{weighed.pk}/weighings/{wrong.pk}/take-back", follow=True)
    )
    client.post(f"/batches/{weighed.pk}/weighings/{wrong.pk}/take-back", {"reason": "typed twice"})
    page = text_of(client.get(weighed.get_absolute_url()))
    assert "typed twice" in page
    assert "K2SO4" in page  # 0.1 → none is a deviation now
    assert not weighed.weighings.filter(lot=lots["flux"]).exists()


def test_masses_are_saved_and_more_out_than_in_keeps_what_was_typed(client, ada, weighed):
    client.force_login(ada)
    client.post(f"/batches/{weighed.pk}/masses", {"mass_after_sintering_g": "124", "mass_after_washing_g": ""})
    assert Batch.objects.get().mass_after_sintering_g == 124
    page = text_of(
        client.post(f"/batches/{weighed.pk}/masses", {"mass_after_sintering_g": "124", "mass_after_washing_g": "130"})
    )
    assert "is more than that after sintering" in page
    assert 'value="130"' in page


def test_a_change_is_told_with_before_after_who_and_why(client, ada, batch):
    client.force_login(ada)
    form = client.get(f"/batches/{batch.pk}/change").context["form"]
    said = {name: form[name].value() or "" for name in form.fields} | {"furnace": "tube 2", "reason": "tube 1 was cold"}
    assert client.post(f"/batches/{batch.pk}/change", said).status_code == 302
    page = text_of(client.get(batch.get_absolute_url()))
    for words in ("tube 2", "tube 1 was cold", "Ada Owner"):
        assert words in page
    batch.refresh_from_db()
    assert batch.wanted_precursor_mass_g == 100


def test_a_taken_code_is_said_at_its_field(client, ada, batch, project, recipe_version):
    start_batch(ada, project, "GP-NCM-02", recipe_version)
    client.force_login(ada)
    form = client.get(f"/batches/{batch.pk}/change").context["form"]
    said = {name: form[name].value() or "" for name in form.fields} | {"code": "GP-NCM-02", "operator": "Kim"}
    page = text_of(client.post(f"/batches/{batch.pk}/change", said))
    assert "has a batch of that code already" in page
    assert 'value="Kim"' in page


def test_a_batch_that_nobody_recorded_needs_its_code_alone(client, ada, ben, cleo, project):
    said = {"project": project.pk, "code": "OLD-7", "scale": "lab"}
    for who in (ben, cleo):
        client.force_login(who)
        assert not client.post("/batches/new/bare", said).context["bare"].is_valid()
    client.force_login(ada)
    answer = client.post("/batches/new/bare", said)
    made = Batch.objects.get(code="OLD-7")
    assert answer.url == made.get_absolute_url()
    assert (made.recipe_version, made.process) == (None, [])
    assert client.get(answer.url).status_code == 200
    assert "of that code already" in text_of(client.post("/batches/new/bare", said))


def test_a_batch_is_copied_under_a_new_code(client, ada, batch):
    client.force_login(ada)
    answer = client.post(f"/batches/{batch.pk}/copy", {"code": "GP-NCM-02"})
    copy = Batch.objects.get(code="GP-NCM-02")
    assert answer.url == copy.get_absolute_url()
    page = text_of(client.post(f"/batches/{batch.pk}/copy", {"code": "GP-NCM-02"}))
    assert "of that code already" in page


def test_a_new_batch_computes_what_to_weigh_while_one_types(client, ada, recipe_version, lots):
    client.force_login(ada)
    said = {"recipe": recipe_version.pk, "precursor": "100", "scale": "lab"}
    table = text_of(client.get("/batches/weigh-out", said))
    assert "48.11" in table
    assert "19.03" in table
    assert "105.3" not in table  # the theoretical product is less the expected yield of 95 %
    assert "100.06 g" in table
    in_kg = text_of(client.get("/batches/weigh-out", {**said, "scale": "pilot"}))
    assert "<strong>100.00 kg</strong> of precursor" in in_kg
    assert "only 1000 g are left" in in_kg
    by_moles = text_of(client.get("/batches/weigh-out", {"recipe": recipe_version.pk, "moles": "1"}))
    assert "92.51 g" in by_moles  # the molar mass of the hydroxide
    both = text_of(client.get("/batches/weigh-out", {**said, "product": "100"}))
    assert "Give one of them" in both


def test_a_new_batch_starts_with_its_recipe_lots_and_the_next_code(client, ada, recipe_version, lots, batch):
    client.force_login(ada)
    assert "GP-NCM v1" in text_of(client.get("/batches/new"))
    page = client.get(f"/batches/new?recipe={recipe_version.pk}")
    assert page.context["form"]["code"].value() == "GP-NCM-02"
    said = {"recipe": recipe_version.pk, "code": "GP-NCM-02", "scale": "lab", "product": "", "precursor": "50"}
    said |= {f"lot-{lot.chemical_id}": lot.pk for lot in lots.values()}
    answer = client.post("/batches/new", said)
    made = Batch.objects.get(code="GP-NCM-02")
    assert answer.url == made.get_absolute_url()
    assert (made.wanted_precursor_mass_g, made.product, made.process) == (50, "GP-NCM", recipe_version.process)
    assert set(made.planned_lots.all()) == set(lots.values())


def test_what_is_wrong_with_a_new_batch_is_said_and_nothing_is_lost(client, ada, recipe_version, lots, batch):
    client.force_login(ada)
    said = {
        "recipe": recipe_version.pk,
        "code": batch.code,
        "scale": "lab",
        "precursor": "minus one",
        "operator": "Kim",
    }
    page = text_of(client.post("/batches/new", said))
    for words in ("of that code already", "is no mass", 'value="minus one"', 'value="Kim"'):
        assert words in page, words
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("who", ["ben", "cleo"])
def test_who_may_not_write_starts_no_batch(who, client, recipe_version, request):
    client.force_login(request.getfixturevalue(who))
    assert "GP-NCM v1" not in text_of(client.get(f"/batches/new?recipe={recipe_version.pk}"))
    assert client.get(f"/batches/weigh-out?recipe={recipe_version.pk}").status_code == 404


def test_the_process_as_done_is_changed_in_the_editor_of_recipes(client, ada, batch):
    client.force_login(ada)
    page = client.get(f"/batches/{batch.pk}/process")
    fields = {}
    for number, (step, _, _) in enumerate(page.context["steps"]):
        fields[f"step-{number}-kind"] = step.kind
        fields |= {f"step-{number}-{name}": text for name, text in step.values.items()}
        for place, segment in enumerate(step.segments):
            fields |= {f"step-{number}-segment-{place}-{name}": text for name, text in segment.values.items()}
    wash = next(key.removesuffix("-repeats") for key in fields if key.endswith("-repeats"))
    wrong = text_of(
        client.post(f"/batches/{batch.pk}/process", {**fields, f"{wash}-repeats": "0", "reason": "why not"})
    )
    assert "must be over 0" in wrong
    assert 'value="why not"' in wrong
    answer = client.post(f"/batches/{batch.pk}/process", {**fields, f"{wash}-repeats": "4", "reason": "still basic"})
    assert answer.status_code == 302
    told = text_of(client.get(batch.get_absolute_url()))
    assert "wash 4 × with" in told
    assert "still basic" in told
    row = client.post(f"/batches/{batch.pk}/process", {**fields, "do": "add step dry"}, headers={"HX-Request": "true"})
    assert len(row.context["steps"]) == len(page.context["steps"]) + 1


def test_two_batches_are_compared_in_the_labs_words(client, ada, logged, project, recipe_version, lots):
    control = start_batch(ada, project, "P-NCM-01", recipe_version)
    weigh(control, lots["precursor"], 100, ada)
    weigh(control, lots["lithium"], 48.11, ada)
    client.force_login(ada)
    page = text_of(client.get(f"/batches/compare?before={logged.pk}&after={control.pk}"))
    assert "alike but for 1 thing" in page
    assert "K2SO4" in page
    assert "763" in page  # the peak that was logged
    assert "Tick two" in text_of(client.get(f"/batches/compare?id={logged.pk}"))


def test_cleo_compares_nothing_of_others(client, cleo, batch):
    client.force_login(cleo)
    assert "GP-NCM-01" not in text_of(client.get(f"/batches/compare?id={batch.pk}&id={batch.pk}"))


def test_links_are_shown_on_both_sides(client, ada, batch, project, recipe_version):
    child = start_batch(ada, project, "GP-NCM-BLEND", recipe_version)
    link(child, batch, "blend", ada)
    client.force_login(ada)
    assert "blend of <a" in text_of(client.get(child.get_absolute_url()))
    assert "GP-NCM-BLEND</a> is blend of it" in text_of(client.get(batch.get_absolute_url()))


def test_the_page_asks_the_database_as_often_for_many_weighings_and_logs(
    client, ada, logged, lots, furnace_log, log_of, django_assert_max_num_queries
):
    client.force_login(ada)
    client.get(logged.get_absolute_url())
    with django_assert_max_num_queries(60) as before:
        client.get(logged.get_absolute_url())
    for number in range(5):
        weigh(logged, lots["flux"], 0.1, ada)
        furnace_log.write_text(furnace_log.read_text() + f"{200_000 + number},30,30\n")
        log_of(logged, furnace_log, name=f"{number}.csv")
    with django_assert_max_num_queries(len(before)):
        client.get(logged.get_absolute_url())
    assert FurnaceLog.objects.count() == 6
