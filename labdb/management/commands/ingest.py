"""Take in files and folders from the command line: `manage.py ingest FOLDER --project NAME [--dry-run]`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser

from labdb.accounts.models import Project, User
from labdb.accounts.services import require_role
from labdb.files import store
from labdb.files.models import RawFile
from labdb.files.uploads import TooLargeError
from labdb.ingest.folder import Below, below
from labdb.ingest.inspect import unreadable
from labdb.ingest.installed import technique
from labdb.ingest.services import duplicate_sentence, foresee, ingest
from labdb.ingest.subjects import FIND_OUT

# What becomes of a file, in the order of the summary.
FILED, INBOX, KNOWN, REFUSED, PASSED = "filed", "in the inbox", "known already", "refused", "passed over"
VERDICTS = (FILED, INBOX, KNOWN, REFUSED, PASSED)


class Command(BaseCommand):
    help = (
        "Take in files, and all files below folders: labdb finds out by content what each is, and by its name, its"
        " folder and what it says of its sample what it was measured on. What is not sure waits in the inbox."
        " Exit status 1 if a file could not be taken in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="FOLDER")
        parser.add_argument("--project", required=True, metavar="NAME", help="into which; its name or its id")
        parser.add_argument("--as", dest="username", default="", metavar="USER", help="who uploads; else its manager")
        parser.add_argument("--technique", default="", metavar="NAME", help="for pictures, which could be of anything")
        parser.add_argument("--dry-run", action="store_true", help="keep nothing, say what would become of each file")

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        user = uploader(project, options["username"])
        said = options["technique"]
        if said:
            try:
                technique(said)
            except ValueError as error:
                raise CommandError(f"{error}.") from error
        look = self.dry_run if options["dry_run"] else self.take_in
        counts: Counter[str] = Counter()
        for file in files_of(options["paths"]):
            verdict, words = (PASSED, file.name) if file.passed_over else look(file, project, user, said)
            counts[verdict] += 1
            self.stdout.write(f"{verdict:<13}  {words}")
            self.stdout.flush()
        told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]) or "no files"
        self.stdout.write(f"{project}: {told}." + (" Nothing was kept." if options["dry_run"] else ""))
        if counts[REFUSED]:
            raise SystemExit(1)

    def take_in(self, file: Below, project: Project, user: User, said: str) -> tuple[str, str]:
        if refused := unreadable(file.path):
            return REFUSED, refused
        try:
            done = ingest(file.path, file.name, project, user, subject=FIND_OUT, said=said)
        except TooLargeError as error:
            return REFUSED, str(error)
        except OSError as error:
            return REFUSED, f"{file.name}: cannot be read ({error.strerror or error})."
        verdict = FILED if done.run else KNOWN if done.measurement else INBOX
        return verdict, done.sentence

    def dry_run(self, file: Below, project: Project, user: User, said: str) -> tuple[str, str]:
        """File → technique → subject."""
        if refused := unreadable(file.path):
            return REFUSED, refused
        try:
            kept = RawFile.objects.filter(project=project, sha256=store.sha256_of(file.path)).first()
            if kept is not None and kept.state == RawFile.State.FILED:
                return KNOWN, duplicate_sentence(kept, file.name)
            decision = foresee(file.path, file.name, project, subject=FIND_OUT, said=said)
        except OSError as error:
            return REFUSED, f"{file.name}: cannot be read ({error.strerror or error})."
        of = decision.match.technique.label if decision.match else "?"
        told = decision.sentence.split(": ", 1)[-1]
        return (INBOX if decision.reason else FILED), f"{file.name} → {of} → {told}"


def files_of(paths: list[str]) -> Iterator[Below]:
    """
    Raises:
        CommandError: a folder is not there, or cannot be listed.
    """
    for path in paths:
        if not Path(path).exists():
            raise CommandError(f"{path}: there is no such file or folder.")
        try:
            yield from below(Path(path))
        except OSError as error:
            raise CommandError(f"{error.filename}: cannot be listed ({error.strerror}).") from error


def project_named(name: str) -> Project:
    """
    Raises:
        CommandError: there is none of that name or id.
    """
    found = Project.objects.filter(name=name).first()
    if found is None and name.isdecimal() and len(name) < 19:
        found = Project.objects.filter(pk=name).first()
    if found is None:
        known = ", ".join(Project.objects.values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no project {name}; there are: {known}.")
    return found


def uploader(project: Project, username: str) -> User:
    """Who the files are uploaded by: the named one, else the first who manages the project.

    Raises:
        CommandError: there is nobody of that name, or they may not write in the project.
    """
    managers = User.objects.filter(memberships__project=project, memberships__manages=True, is_active=True)
    found = User.objects.filter(username=username).first() if username else managers.order_by("pk").first()
    if found is None:
        raise CommandError(
            f"There is nobody called {username}."
            if username
            else f"Nobody manages {project}; say who uploads: --as USER"
        )
    try:
        require_role(found, project)
    except PermissionDenied as error:
        raise CommandError(f"{found} may not write in {project}: {error}") from error
    return found
