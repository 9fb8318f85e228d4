"""The demo study's cells as they are built: electrode sheets, what is punched from them, the cells."""

from __future__ import annotations

from datetime import datetime, timedelta

from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import save_cell
from cells.assembly.templates import save_template
from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from cells.electrode.services import add_discs, save_sheet
from cells.storage.models import StoragePlan
from cells.storage.services import save_plan
from dashboards.demo.simulate.builds import TEMPLATES, Disc, Sheet, build_of
from dashboards.demo.simulate.hot_storage import CHECK_DAYS, STORAGE_CELSIUS, STORAGE_LIMITS
from dashboards.demo.simulate.specimens import Format, Specimen
from labdb.accounts.models import Project, User
from synthesis.batch.models import Batch

# One cell went back into the oven, and nobody has checked it since.
CHECKS_OF = {"P-Ni96-W3": (*CHECK_DAYS, 90.0)}
AGAINST = {Format.HALF: "lithium foil", Format.POUCH: "graphite", Format.SOLID_STATE: "a lithium–indium alloy"}


def build(specimen: Specimen, project: Project, owner: User) -> Cell:
    """The cell, with its electrodes; what is there already is left as it is."""
    found = Cell.objects.filter(project=project, code=specimen.code).first()
    if found is not None:
        return found
    batch = _batch(specimen.batch, specimen.product, project, owner)
    wanted = build_of(specimen)
    cell = Cell(
        project=project,
        code=specimen.code,
        product=specimen.product,
        batch=batch,
        positive_electrode=_disc(wanted.positive, project, owner, batch),
        negative_electrode=None if wanted.negative is None else _disc(wanted.negative, project, owner, None),
        note=f"Simulated. {specimen.composition} against {AGAINST[specimen.kind.format]}.",
        simulated=True,
        **wanted.fields,
    )
    save_cell(cell, owner)
    return cell


def lay_templates(project: Project, owner: User) -> None:
    """The templates that new cells of the project begin with; one of a name that is there is left as it is."""
    there = set(CellTemplate.objects.filter(project=project).values_list("name", flat=True))
    for name, fields in TEMPLATES.items():
        if name not in there:
            save_template(CellTemplate(project=project, name=name, note="Of the demo study.", **fields), owner)


def put_away(specimen: Specimen, cell: Cell, owner: User, stored_at: datetime) -> None:
    """The plan of a stored cell, which tells its silent files how warm it was; one that is there is left as it is."""
    if StoragePlan.objects.filter(cell=cell).exists():
        return
    days = CHECKS_OF.get(specimen.code, CHECK_DAYS)
    plan = StoragePlan(
        cell=cell,
        started_at=stored_at,
        temperature_celsius=STORAGE_CELSIUS,
        voltage_volt=STORAGE_LIMITS.high_volt,
        ended_at=stored_at + timedelta(days=days[-1]) if days == CHECK_DAYS else None,
        note="Simulated.",
    )
    save_plan(plan, days, owner)


def _batch(code: str, product: str, project: Project, owner: User) -> Batch:
    """The batch that a cell is made of."""
    defaults = {"product": product, "created_by": owner, "simulated": True}
    return Batch.objects.get_or_create(project=project, code=code, defaults=defaults)[0]


def _disc(disc: Disc, project: Project, owner: User, batch: Batch | None) -> ElectrodeDisc:
    found = ElectrodeDisc.objects.filter(project=project, code=disc.code).first()
    if found is not None:
        return found
    made = ElectrodeDisc(sheet=_sheet(disc.sheet, project, owner, batch), code=disc.code, **disc.fields)
    add_discs([made], owner)
    return made


def _sheet(sheet: Sheet, project: Project, owner: User, batch: Batch | None) -> ElectrodeSheet:
    found = ElectrodeSheet.objects.select_related("project", "batch").filter(project=project, code=sheet.code).first()
    if found is not None:
        return found
    made = ElectrodeSheet(
        project=project, code=sheet.code, batch=batch, simulated=True, operator="simulated", **sheet.fields
    )
    save_sheet(made, owner)
    return made
