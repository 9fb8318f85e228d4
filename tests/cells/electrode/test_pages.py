"""Pages of electrodes, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cells.assembly.models import Cell
from cells.assembly.services import add_cells, save_cell
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.services import change_discs, save_sheet


def rows(prefix: str, lines: list[dict[str, str]]) -> dict[str, str]:
    """A formset as a browser sends it."""
    form = {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": str(len(lines))}
    return form | {f"{prefix}-{n}-{name}": text for n, line in enumerate(lines) for name, text in line.items()}


REFERENCE = [
    {"role": "active", "mass_fraction": "90"},
    {"role": "conductive", "name": "Super P", "mass_fraction": "5"},
    {"role": "binder", "name": "PVDF", "mass_fraction": "5"},
    {},
]


def form_of(project, components=REFERENCE, **changed) -> dict[str, str]:
    """The cathode of the reference study as one types it."""
    fields = {
        "project": str(project.pk),
        "code": "E-1",
        "polarity": "positive",
        "batch_code": "",
        "active_material": "GP-NCM",
        "made_on": "2026-11-20",
        "solvent": "NMP",
        "solids_fraction": "50",
        "coated_sides": "1",
        "foil_material": "aluminium",
        "foil_detail": "99.99 %",
        "foil_thickness_micrometer": "13",
        "coating_areal_mass_mg_per_cm2": "8",
        **changed,
    }
    drying = [
        {"temperature_celsius": "80", "duration_hour": "2"},
        {"temperature_celsius": "120", "vacuum": "on", "note": "overnight"},
        {},
    ]
    return fields | rows("component", components) | rows("drying", drying)


@pytest.fixture
def browser(client, ada):
    client.force_login(ada)
    return client


def test_the_cathode_of_the_reference_study_can_be_written_down(browser, project):
    answer = browser.post("/electrodes/new", form_of(project))

    made = ElectrodeSheet.objects.get(code="E-1")
    assert answer["Location"] == f"/electrodes/{made.pk}/"
    assert made.ratio == "90 : 5 : 5"
    assert (made.active_fraction, made.solids_fraction) == pytest.approx((0.9, 0.5))
    assert made.drying == [
        {"temperature_celsius": 80.0, "duration_hour": 2.0},
        {"temperature_celsius": 120.0, "vacuum": True, "note": "overnight"},
    ]
    page = browser.get(answer["Location"]).content.decode()
    for said in (
        "90 : 5 : 5",
        "13 µm aluminium, 99.99 %",
        "80 °C, 2 h, then 120 °C, vacuum, overnight",
        "50.0 % solids",
    ):
        assert said in page
    assert "7.200 mg/cm²" in page  # areal loading: 8 × 0.9


def test_a_composite_without_foil_can_be_written_down(browser, project):
    solid = [
        {"role": "active", "mass_fraction": "70"},
        {"role": "solid electrolyte", "name": "Li3InCl6", "mass_fraction": "30"},
    ]
    browser.post(
        "/electrodes/new", form_of(project, solid, foil_material="none", foil_thickness_micrometer="", solvent="")
    )

    made = ElectrodeSheet.objects.get()
    assert (made.foil_material, made.ratio) == ("none", "70 : 30")
    assert made.numbers.foil_areal_mass_mg_per_cm2 == 0


def test_changing_an_electrode_starts_with_what_is_there(browser, project):
    browser.post("/electrodes/new", form_of(project))
    made = ElectrodeSheet.objects.get()
    page = browser.get(f"/electrodes/{made.pk}/change").content.decode()

    for said in ('value="90"', 'value="Super P"', 'value="50"', 'value="2026-11-20"', 'value="overnight"'):
        assert said in page
    browser.post(f"/electrodes/{made.pk}/change", form_of(project, solvent="water", reason="mistyped"))
    assert ElectrodeSheet.objects.get().solvent == "water"
    told = browser.get(f"/electrodes/{made.pk}/").content.decode()
    assert "NMP" in told
    assert "“mistyped”" in told


@pytest.mark.parametrize(
    ("components", "changed", "sentence"),
    [
        ([{"role": "active", "mass_fraction": "90"}], {}, "add up to 90 %; they must make 100 %"),
        ([{"name": "PVDF", "mass_fraction": "100"}], {}, "choose its role"),
        (REFERENCE, {"batch_code": "B-99"}, "has no batch B-99"),
        (REFERENCE, {"foil_thickness_micrometer": "-1"}, "greater than or equal to"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(browser, project, components, changed, sentence):
    page = browser.post("/electrodes/new", form_of(project, components, **changed)).content.decode()

    assert sentence in page
    assert 'value="NMP"' in page
    assert not ElectrodeSheet.objects.exists()


def test_numbers_are_computed_while_one_types(browser, project):
    typed = form_of(project, specific_capacity_mah_per_g="200", coating_thickness_micrometer="25")
    page = browser.post("/electrodes/preview", typed).content.decode()

    for said in ("90.00 %", "7.200 mg/cm²", "1.440 mAh/cm²", "3.20 g/cm³", "3.510 mg/cm²"):
        assert said in page
    half = browser.post("/electrodes/preview", form_of(project, REFERENCE[:1])).content.decode()
    assert "add up to 90 %" in half
    assert not ElectrodeSheet.objects.exists()


def test_a_new_electrode_starts_like_another_and_of_a_batch(browser, sheet):
    page = browser.get(f"/electrodes/new?like={sheet.pk}").content.decode()
    assert 'value="Super P"' in page
    assert 'value="GP-NCM-01"' in page
    assert f'value="{sheet.code}"' not in page
    of_batch = browser.get(f"/electrodes/new?batch={sheet.batch_id}").content.decode()
    assert 'value="GP-NCM-01"' in of_batch


def test_a_column_of_masses_becomes_discs(browser, sheet):
    form = {"diameter_mm": "10", "pieces": "1", "masses": "8,51 mg\n8.42\n–\n8.60\n"}
    preview = browser.post(f"/electrodes/{sheet.pk}/discs/preview", form).content.decode()
    assert not ElectrodeDisc.objects.exists()
    browser.post(f"/electrodes/{sheet.pk}/discs/new", form)

    assert list(ElectrodeDisc.objects.values_list("code", "mass_mg")) == [
        ("GP-NCM-01-E1-01", 8.51),
        ("GP-NCM-01-E1-02", 8.42),
        ("GP-NCM-01-E1-03", None),
        ("GP-NCM-01-E1-04", 8.60),
    ]
    # (8.51 + 8.42 + 8.60) / 3 mg less 3 mg/cm² × 0.7854 cm², nine tenths of it active, on 0.7854 cm²
    assert "7.052 ± 0.103 (3)" in preview
    assert "7.052 ± 0.103 (3)" in browser.get(f"/electrodes/{sheet.pk}/").content.decode()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"diameter_mm": "10", "pieces": "1", "masses": "8.51\nnine"}, "Line 2: “nine” is no number"),
        ({"diameter_mm": "10", "pieces": "1", "masses": "8.5", "count": "2"}, "There are 1 masses"),
        ({"diameter_mm": "10", "area_cm2": "2", "pieces": "1", "count": "2"}, "or the area of another shape"),
        ({"diameter_mm": "10", "pieces": "1"}, "Say how many, or give their masses"),
        ({"diameter_mm": "10", "pieces": "1", "masses": "2.0"}, "leaves no coating"),
        ({"diameter_mm": "10", "pieces": "1", "count": "1", "first": "1", "codes": "T-"}, "has T-01 already"),
    ],
)
def test_discs_that_cannot_be_are_refused(browser, sheet, ada, form, sentence):
    browser.post(f"/electrodes/{sheet.pk}/discs/new", {"diameter_mm": "10", "pieces": "1", "count": "1", "codes": "T-"})
    page = browser.post(f"/electrodes/{sheet.pk}/discs/new", form).content.decode()

    assert sentence in page
    assert ElectrodeDisc.objects.count() == 1


def test_masses_are_entered_in_a_grid(browser, sheet, punch, cell, ada):
    first, second = punch(13.0, None)
    cell.positive_electrode = first
    save_cell(cell, ada)
    typed = {f"mass_mg-{first.pk}": "23", f"mass_mg-{second.pk}": "12,5", f"thickness_micrometer-{second.pk}": "63"}

    preview = browser.post(f"/electrodes/{sheet.pk}/discs/weigh/preview", typed).content.decode()
    assert "18.00" in preview
    assert ElectrodeDisc.objects.get(pk=first.pk).mass_mg == 13.0
    answer = browser.post(f"/electrodes/{sheet.pk}/discs/weigh", {**typed, "reason": "tared"}, follow=True)

    assert "The active mass of 1 cell followed." in answer.content.decode()
    assert list(ElectrodeDisc.objects.values_list("mass_mg", "thickness_micrometer")) == [(23.0, None), (12.5, 63.0)]
    assert Cell.objects.get().active_mass_mg == pytest.approx(18.0)


def test_two_people_who_weigh_in_one_grid_do_not_undo_one_another(browser, sheet, punch, ada):
    first, second = punch(13.0, 14.0)
    page = browser.get(f"/electrodes/{sheet.pk}/discs/weigh").content.decode()
    shown = {f"mass_mg-{first.pk}": "13", f"mass_mg-{second.pk}": "14"}
    assert all(f'name="seen-{name}" value="{text}"' in page for name, text in shown.items())
    first.mass_mg = 13.5
    change_discs([first], ada, "weighed by somebody else meanwhile")

    seen = {f"seen-{name}": text for name, text in shown.items()}
    browser.post(f"/electrodes/{sheet.pk}/discs/weigh", {**shown, **seen, f"mass_mg-{second.pk}": "15"})

    assert [disc.mass_mg for disc in ElectrodeDisc.objects.all()] == [13.5, 15.0]


def test_a_grid_with_a_mistake_saves_nothing_and_keeps_what_was_typed(browser, sheet, punch):
    first, second = punch(13.0, 14.0)
    typed = {f"mass_mg-{first.pk}": "12.0", f"mass_mg-{second.pk}": "heavy"}
    page = browser.post(f"/electrodes/{sheet.pk}/discs/weigh", typed).content.decode()
    assert "“heavy” is no number" in page
    assert 'value="heavy"' in page
    assert 'value="12.0"' in page
    bare = browser.post(f"/electrodes/{sheet.pk}/discs/weigh", {f"mass_mg-{first.pk}": "2"}).content.decode()
    assert "leaves no coating" in bare
    assert [disc.mass_mg for disc in ElectrodeDisc.objects.all()] == [13.0, 14.0]


def test_one_disc_is_shown_changed_and_removed(browser, punch):
    [disc] = punch(13.0)
    address = f"/electrodes/discs/{disc.pk}/"
    page = browser.get(address).content.decode()
    for said in ("9.000 mg", "1.800 mAh/cm²", "by the sheet", "Remove this disc"):
        assert said in page
    browser.post(f"{address}change", {"code": "D", "area_cm2": "1", "pieces": "1", "mass_mg": "23", "reason": "again"})
    assert "“again”" in browser.get(address).content.decode()
    browser.post(f"{address}remove", {"reason": ""})
    assert ElectrodeDisc.objects.exists()
    browser.post(f"{address}remove", {"reason": "fell down"})
    assert not ElectrodeDisc.objects.exists()


def test_what_is_used_stays(browser, sheet, punch, cell, ada):
    [cell.positive_electrode] = punch(13.0)
    save_cell(cell, ada)
    disc = f"/electrodes/discs/{cell.positive_electrode_id}/remove"
    assert "A cell is built of" in browser.post(disc, {"reason": "x"}, follow=True).content.decode()
    stays = browser.post(f"/electrodes/{sheet.pk}/remove", {"reason": "x"}, follow=True).content.decode()
    assert "Something was punched from" in stays
    assert ElectrodeSheet.objects.exists()


def test_a_sheet_entered_wrongly_is_removed_with_a_reason(browser, sheet):
    browser.post(f"/electrodes/{sheet.pk}/remove", {"reason": " "})
    assert ElectrodeSheet.objects.exists()
    browser.post(f"/electrodes/{sheet.pk}/remove", {"reason": "twice"})
    assert not ElectrodeSheet.objects.exists()


def test_who_may_see_and_who_may_write(client, ada, ben, cleo, sheet, punch):
    [disc] = punch(13.0)
    seen = [f"/electrodes/{sheet.pk}/", f"/electrodes/discs/{disc.pk}/"]
    written = [
        f"/electrodes/{sheet.pk}/change",
        f"/electrodes/{sheet.pk}/discs/new",
        f"/electrodes/{sheet.pk}/discs/weigh",
        f"/electrodes/discs/{disc.pk}/change",
    ]
    for user, see, write in ((ada, 200, 200), (ben, 200, 403), (cleo, 404, 404)):
        client.force_login(user)
        assert [client.get(address).status_code for address in seen] == [see] * len(seen)
        assert [client.get(address).status_code for address in written] == [write] * len(written)
    client.force_login(ben)
    page = client.get(f"/electrodes/{sheet.pk}/").content.decode()
    assert "/change" not in page
    assert client.post(f"/electrodes/{sheet.pk}/remove", {"reason": "x"}).status_code == 403
    client.force_login(cleo)
    assert sheet.code not in client.get("/electrodes/").content.decode()
    for address in ("remove", "discs/preview", "discs/weigh/preview"):
        assert client.post(f"/electrodes/{sheet.pk}/{address}").status_code == 404


def test_the_list_sorts_filters_and_comes_as_csv(browser, sheet, punch, project, ada):
    punch(13.0, None)
    ElectrodeSheet.objects.create(
        project=project, code="A-1", polarity="negative", active_material="graphite MCMB", created_by=ada
    )
    assert "graphite MCMB" in browser.get("/electrodes/?polarity=negative").content.decode()
    assert sheet.code not in browser.get("/electrodes/?polarity=negative").content.decode()
    assert sheet.code in browser.get("/electrodes/?min_areal_loading_mg_per_cm2=7&sort=-disc_count").content.decode()
    lines = list(csv.DictReader(StringIO(browser.get("/electrodes/?as=csv&sort=code").getvalue().decode())))
    assert [line["code"] for line in lines] == ["A-1", sheet.code]
    assert (lines[1]["disc_count"], float(lines[1]["areal_loading_mg_per_cm2"])) == ("2", pytest.approx(7.2))


def test_no_page_asks_more_for_more_rows(browser, sheet, punch, project, ada):
    addresses = (
        "/electrodes/",
        f"/electrodes/{sheet.pk}/",
        f"/electrodes/{sheet.pk}/discs/weigh",
        f"/batches/{sheet.batch_id}/",
        f"/batches/{sheet.batch_id}/lineage/",
        "/search?q=GP-NCM",
    )

    def build(count: int) -> None:
        discs = punch(*[13.0] * count)
        codes = (f"C{disc.pk}" for disc in discs)
        add_cells(
            [
                Cell(project=project, code=code, positive_electrode=disc)
                for code, disc in zip(codes, discs, strict=True)
            ],
            ada,
        )
        for n in range(count):
            ElectrodeSheet.objects.create(project=project, code=f"S{discs[n].pk}", batch=sheet.batch, created_by=ada)

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    build(1)
    for address in addresses:
        asked(address)  # what is asked once for the life of a session
    few = [asked(address) for address in addresses]
    build(5)
    assert [asked(address) for address in addresses] == few


def test_the_batch_its_lineage_and_the_search_know_the_electrode(browser, sheet, punch, cell, ada):
    [disc] = punch(13.0)
    cell.positive_electrode = disc
    save_cell(cell, ada)

    assert sheet.code in browser.get(f"/batches/{sheet.batch_id}/").content.decode()
    found = browser.get(f"/search?q={disc.code}").content.decode()
    assert f"/electrodes/discs/{disc.pk}/" in found
    lineage = browser.get(f"/api/v1/batches/{sheet.batch_id}/lineage").json()
    edges = {(edge["source"], edge["target"]) for edge in lineage["edges"]}
    assert (f"batch:{sheet.batch_id}", f"electrode:{sheet.pk}") in edges
    assert (f"electrode:{sheet.pk}", f"cell:{cell.pk}") in edges
    assert (f"batch:{sheet.batch_id}", f"cell:{cell.pk}") not in edges


def test_sheets_and_discs_have_labels(browser, sheet, punch):
    [disc] = punch(13.0)
    assert "90 : 5 : 5" in browser.get(f"/labels/electrode/{sheet.pk}/", follow=True).content.decode()
    assert "9 mg active" in browser.get(f"/labels/disc/{disc.pk}/", follow=True).content.decode()


def test_the_page_of_a_cell_leads_up_to_its_electrode_and_batch(browser, sheet, punch, cell, ada):
    [cell.positive_electrode] = punch(13.0)
    save_cell(cell, ada)
    page = browser.get(f"/cells/{cell.pk}/").content.decode()

    crumbs = page.partition('aria-label="Where this is"')[2].partition("</nav>")[0]
    places = [crumbs.index(f'href="{found.get_absolute_url()}"') for found in (sheet.batch, sheet)]
    assert places == sorted(places)
    assert "from the weight of the electrode" in page


def test_the_worklist_leads_from_a_cell_without_mass_to_the_weighing_of_its_electrode(browser, sheet, punch, cell, ada):
    sheet.coating_areal_mass_mg_per_cm2 = None
    save_sheet(sheet, ada)
    [disc] = punch(None)
    cell.positive_electrode, cell.active_mass_mg = disc, None
    save_cell(cell, ada)
    page = browser.get("/").content.decode()

    assert f"electrode {disc} gives no mass yet. Weigh it" in page
    assert f"/electrodes/{sheet.pk}/discs/weigh" in page
