"""The demo study as records: people, a project, cells, and files that come in as anybody's would."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path

from django.db import transaction

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from dashboards.demo.building import build, lay_templates, put_away
from dashboards.demo.characterizing import characterize
from dashboards.demo.making import make
from dashboards.demo.reported import DOI
from dashboards.demo.simulate.files import CellFiles, names, simulate
from dashboards.demo.simulate.specimens import Specimen
from labdb.accounts.models import Membership, Project, Role, User
from labdb.accounts.services import create_project, set_member
from labdb.ingest.services import ingest
from labdb.provenance.models import AnalysisRun

PROJECT = "Gradient-porous Ni-rich cathodes (simulated)"
DESCRIPTION = (
    "Four products, two pairs with their controls: half cells, pouch cells with check-ups, replicates. Nothing here was"
    " measured: the files are simulated by the model in docs/demo.md, calibrated to the values that"
    f" doi:{DOI} reports."
)
PASSWORD = "demo"  # noqa: S105  printed at the first start, so that a newcomer can look around
OWNER = "demo"
VERIFIER = "demo-verifier"
# Log-in, first and last name, role in the project.
PEOPLE = (
    (OWNER, "Demo", "Researcher", Role.RESEARCHER),
    ("demo-viewer", "Demo", "Viewer", Role.VIEWER),
    (VERIFIER, "Demo", "Verifier", Role.VERIFIER),
    ("demo-qa", "Demo", "Releaser", Role.QA_RELEASER),
)

Say = Callable[[str], None]


class ForeignProjectError(Exception):
    """A project of the study's name is there and holds something else."""


@transaction.atomic
def prepare() -> tuple[Project, User]:
    """The study's people and its project; what is there already is left as it is.

    Raises:
        ForeignProjectError: a project of that name was not made by this study.
    """
    people = {login: _person(login, first, last) for login, first, last, _ in PEOPLE}
    owner = people[OWNER]
    project = Project.objects.filter(name=PROJECT).first()
    if project is None:
        project = create_project(owner, PROJECT, DESCRIPTION, simulated=True)
        for login, _, _, role in PEOPLE:
            set_member(owner, project, people[login], role, manages=login == OWNER)
    elif not (project.simulated and Membership.objects.filter(project=project, user=owner).exists()):
        raise ForeignProjectError(f"there is a project {PROJECT} already that is not the demo study; rename it first")
    return project, owner


def _person(login: str, first: str, last: str) -> User:
    found = User.objects.filter(username=login).first()
    if found is not None:
        return found
    return User.objects.create_user(login, password=PASSWORD, first_name=first, last_name=last)


def is_loaded(project: Project, specimen: Specimen) -> bool:
    """Whether the cell is there with all files of its test."""
    there = CyclingTest.objects.filter(
        cell__project=project, cell__code=specimen.code, measurement_files__raw_file__name__in=names(specimen)
    )
    return there.count() == len(names(specimen))


def load(
    specimens: Sequence[Specimen], project: Project, owner: User, say: Say, processes: int | None = None
) -> list[AnalysisRun]:
    """Simulate and upload the cells that are not there yet; an interrupted load is continued.

    Returns:
        The analyses that were asked for.
    """
    verifier = User.objects.get(username=VERIFIER)
    runs = make(project, owner, verifier, say)
    lay_templates(project, owner)
    missing = [specimen for specimen in specimens if not is_loaded(project, specimen)]
    with tempfile.TemporaryDirectory(prefix="labdb-demo-") as folder:
        for number, files in enumerate(simulate(missing, Path(folder), processes), 1) if missing else ():
            runs += upload(files, project, owner)
            say(f"{files.specimen.code} simulated and uploaded ({number} of {len(missing)})")
            for path in files.paths:
                path.unlink(missing_ok=True)
    return runs + characterize(project, owner, say, processes)


def upload(files: CellFiles, project: Project, owner: User) -> list[AnalysisRun]:
    """The cell, and its files one after the other; the second goes on the test that the first began."""
    cell = build(files.specimen, project, owner)
    if files.specimen.kind.name == "storage":
        put_away(files.specimen, cell, owner, files.ends[0].replace(tzinfo=UTC))
    subject: Cell | CyclingTest = CyclingTest.objects.filter(cell=cell).first() or cell
    runs = []
    for path in files.paths:
        ingested = ingest(path, path.name, project, owner, subject=subject, simulated=True)
        if ingested.measurement is None:
            raise RuntimeError(f"the demo file was not recognised: {ingested.sentence}")
        subject = CyclingTest.objects.get(pk=ingested.measurement.pk)
        if ingested.run is not None:
            runs.append(ingested.run)
    return runs
