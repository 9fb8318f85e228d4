"""The forms of cells and templates, as Ada, Ben and Cleo meet them."""

from __future__ import annotations

import pytest

from cells.assembly.models import Cell, CellTemplate
from cells.assembly.templates import save_template
from tests.cells.assembly.test_build import HALF, SOLID
from tests.cells.assembly.test_pages import form_of

SOLID_FORM = {**SOLID, "solid_layers": "separator: Li3InCl6, 100 mg, 100 MPa\ninterlayer: Li6PS5Cl"}


@pytest.fixture
def template(project, ada):
    made = CellTemplate(project=project, name="solid, 100 MPa", **SOLID)
    save_template(made, ada)
    return made


def hidden(page: str, name: str) -> bool:
    """Whether the place of a field is hidden in the page as the server sends it."""
    before = page.partition(f'name="{name}"')[0]
    return before.rpartition("data-formats=")[2].partition(">")[0].endswith(" hidden")


def test_the_form_shows_the_fields_of_its_format_and_hides_the_others(client, ada, project, cell):
    client.force_login(ada)
    page = client.get("/cells/new").content.decode()
    assert not hidden(page, "electrolyte")
    assert hidden(page, "solid_layers")
    cell.format = "solid_state"
    cell.save()
    page = client.get(f"/cells/{cell.pk}/change").content.decode()
    assert hidden(page, "electrolyte")
    assert not hidden(page, "solid_layers")


def test_without_a_script_the_fields_of_another_format_are_asked_for_and_nothing_typed_is_lost(client, ada, project):
    client.force_login(ada)
    page = client.post("/cells/new", {"format": "solid_state", "note": "in the press", "show": "fields"})
    assert not hidden(page.content.decode(), "solid_layers")
    assert "in the press" in page.content.decode()
    assert "This field is required" not in page.content.decode()
    assert not Cell.objects.exists()


def test_what_another_format_had_is_not_kept(client, ada, project):
    client.force_login(ada)
    typed = {"project": project.pk, "code": "S-1", **SOLID_FORM, "electrolyte": "LP57", "pouch_layers": "many"}
    assert client.post("/cells/new", typed).status_code == 302
    made = Cell.objects.get(code="S-1")
    assert (made.electrolyte, made.pouch_layers) == ("", None)
    assert made.solid_layers == SOLID["solid_layers"]


def test_a_layer_that_is_none_is_said_at_its_field(client, ada, project):
    client.force_login(ada)
    typed = {"project": project.pk, "code": "S-1", **SOLID_FORM, "solid_layers": "somewhere: salt"}
    assert "a layer is separator, interlayer or catholyte" in client.post("/cells/new", typed).content.decode()


def test_a_cell_is_built_of_a_disc_by_its_code(client, ada, cell, punch):
    [disc] = punch(13.0)
    client.force_login(ada)
    client.post(f"/cells/{cell.pk}/change", form_of(cell, positive_electrode=disc.code))
    cell.refresh_from_db()
    assert cell.active_mass_mg == pytest.approx(9.0)
    page = client.get(f"/cells/{cell.pk}/").content.decode()
    assert "from the weight of the electrode" in page
    assert disc.code in page
    assert disc.code in client.get(f"/cells/{cell.pk}/change").content.decode()


def test_a_disc_that_is_not_there_or_in_another_cell_is_said_at_its_field(client, ada, project, cell, punch):
    [disc] = punch(13.0)
    client.force_login(ada)
    page = client.post(f"/cells/{cell.pk}/change", form_of(cell, positive_electrode="nowhere")).content.decode()
    assert "has no electrode nowhere" in page
    client.post(f"/cells/{cell.pk}/change", form_of(cell, positive_electrode=disc.code))
    other = Cell.objects.create(project=project, code="C-2", created_by=ada)
    page = client.post(f"/cells/{other.pk}/change", form_of(other, positive_electrode=disc.code)).content.decode()
    assert "in another cell already" in page


def test_a_mass_that_is_typed_takes_the_place_of_a_loading_and_one_that_stays_does_not(client, ada, cell, punch):
    [disc] = punch(None)
    client.force_login(ada)
    client.post(f"/cells/{cell.pk}/change", form_of(cell, positive_electrode=disc.code, active_mass_mg=""))
    cell.refresh_from_db()
    assert (cell.active_mass_mg, cell.active_mass_source) == (pytest.approx(7.2), "loading")
    client.post(f"/cells/{cell.pk}/change", form_of(cell, positive_electrode=disc.code, note="dented"))
    cell.refresh_from_db()
    assert cell.active_mass_source == "loading"
    client.post(f"/cells/{cell.pk}/change", form_of(cell, positive_electrode=disc.code, active_mass_mg="7.5"))
    cell.refresh_from_db()
    assert (cell.active_mass_mg, cell.active_mass_source) == (7.5, "entered")


def test_what_follows_is_computed_while_one_types_and_nothing_is_stored(client, ada, ben, cell, punch, graphite):
    [disc], negative = punch(13.0), graphite()
    client.force_login(ada)
    typed = form_of(cell, format="coin_full", positive_electrode=disc.code, negative_electrode=negative.code, code="")
    page = client.post(f"/cells/{cell.pk}/preview", typed).content.decode()
    for said in ("9.000 mg", "9.000 mg/cm²", "1.710 mAh", "0.972"):
        assert said in page
    page = client.post("/cells/preview", {**typed, "negative_electrode": ""}).content.decode()
    assert "Say which negative electrode it has" in page
    cell.refresh_from_db()
    assert (cell.format, cell.positive_electrode) == ("coin_half", None)
    client.force_login(ben)
    assert client.post(f"/cells/{cell.pk}/preview", typed).status_code == 404


def test_the_form_asks_as_many_queries_with_many_electrodes(client, ada, cell, punch, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(ada)
    punch(13.0)
    client.get("/cells/new")
    with CaptureQueriesContext(connection) as few:
        client.get("/cells/new")
    punch(13.1, 13.2, 13.3, 13.4)
    with django_assert_num_queries(len(few)):
        client.get("/cells/new")


# Templates.


def test_a_template_is_made_of_a_cell_and_new_cells_begin_with_it(client, ada, project):
    cell = Cell.objects.create(project=project, code="C-9", created_by=ada, product="GP-NCM", **HALF)
    client.force_login(ada)
    page = client.get(f"/cells/templates/new?like={cell.pk}").content.decode()
    assert "1.2 M LiPF6 in EC:EMC 30:70 + 2 wt% VC" in page
    assert "GP-NCM" not in page
    answer = client.post(
        "/cells/templates/new", {"project": project.pk, "name": "half, VC", **HALF, "reference_electrode": "Li/Li+"}
    )
    assert answer.status_code == 302
    made = CellTemplate.objects.get()
    assert (made.name, made.electrolyte_volume_microliter, made.created_by) == ("half, VC", 200, ada)
    page = client.get(f"/cells/new?template={made.pk}").content.decode()
    assert "1.2 M LiPF6 in EC:EMC 30:70 + 2 wt% VC" in page


def test_a_changed_template_leaves_the_cells_that_began_with_it(client, ada, template):
    cell = Cell.objects.create(project=template.project, code="S-1", created_by=ada, **template.build)
    client.force_login(ada)
    client.post(
        f"/cells/templates/{template.pk}/",
        {"name": template.name, **SOLID_FORM, "stack_pressure_megapascal": "50"},
    )
    template.refresh_from_db()
    cell.refresh_from_db()
    assert (template.stack_pressure_megapascal, cell.stack_pressure_megapascal) == (50, 100)
    assert client.post(f"/cells/templates/{template.pk}/remove").status_code == 302
    assert not CellTemplate.objects.exists()
    assert CellTemplate.history.count() == 3  # made, changed, removed


def test_a_name_that_is_taken_is_said(client, ada, template):
    client.force_login(ada)
    typed = {"project": template.project_id, "name": template.name, **SOLID_FORM}
    assert "has a template of that name already" in client.post("/cells/templates/new", typed).content.decode()


def test_a_viewer_reads_templates_and_an_outsider_finds_none(client, ben, cleo, template):
    client.force_login(ben)
    page = client.get("/cells/templates/").content.decode()
    assert "solid, 100 MPa" in page
    assert f"/cells/templates/{template.pk}/remove" not in page
    assert client.get(f"/cells/templates/{template.pk}/").status_code == 404
    assert client.post(f"/cells/templates/{template.pk}/remove").status_code == 403
    client.force_login(cleo)
    assert "solid, 100 MPa" not in client.get("/cells/templates/").content.decode()
    assert client.post(f"/cells/templates/{template.pk}/remove").status_code == 404
    assert CellTemplate.objects.exists()


def test_what_is_missing_is_said_of_the_build_that_a_new_cell_begins_with(client, ada, template):
    client.force_login(ada)
    page = client.get(f"/cells/new?template={template.pk}").content.decode()
    assert "For N/P: The capacity of an alloy is not known from its size." in page
    assert 'value="500"' in page


def test_a_change_of_the_layers_is_told_in_words(client, ada, project):
    cell = Cell.objects.create(project=project, code="S-1", created_by=ada, **SOLID)
    client.force_login(ada)
    typed = form_of(cell, **{**SOLID_FORM, "solid_layers": "separator: Li3InCl6, 90 mg"})
    assert client.post(f"/cells/{cell.pk}/change", typed).status_code == 302
    page = client.get(f"/cells/{cell.pk}/").content.decode()
    assert "separator: Li3InCl6, 100 mg, 100 MPa; interlayer: Li6PS5Cl" in page
    assert "separator: Li3InCl6, 90 mg</dd>" in page
