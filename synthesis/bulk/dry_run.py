"""What would become of a list of batches: every row with its verdict, before anything is saved.

The rules are those of the services that make one batch and weigh one lot; here they are asked for all rows with a
constant number of queries, and what earlier rows take of a lot is no longer there for later ones.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone

from labdb.accounts.models import Project, User
from labdb.files import store
from labdb.files.models import RawFile
from labdb.ingest.numbers import moments
from labdb.provenance.models import canonical_json
from synthesis.batch.masses import grams_of
from synthesis.batch.models import Batch, Weighing
from synthesis.batch.services import BatchError, check_batch, objections, planned_batch
from synthesis.batch.story import tell
from synthesis.bulk import columns
from synthesis.bulk.columns import Layout
from synthesis.bulk.reading import ListRow, PlainList, read
from synthesis.chemical.models import Chemical, Lot
from synthesis.recipe.arithmetic import Verdict
from synthesis.recipe.models import RecipeComponent, RecipeVersion

MOST_ROWS = 2000
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
VERSION = re.compile(r"(?P<code>.+?)\s+v(?P<number>\d{1,6})", re.IGNORECASE)
MASSES = ("wanted_precursor_mass_g", "mass_after_sintering_g", "mass_after_washing_g")


@dataclass
class Row:
    """One row of the list and what would become of it.

    Attributes:
        errors: header → sentence; the row is not saved as it is.
        warnings: sentences that one should know; the row can be saved.
        batch, weighings: as they would be saved; None and none where the row has errors.
    """

    line: int
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    batch: Batch | None = None
    weighings: list[Weighing] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return "failed" if self.errors else "warning" if self.warnings else "succeeded"

    @property
    def told(self) -> list[object]:
        """Everything that the verdict rests on, for the digest."""
        made = self.batch
        fields = [
            made.code, made.recipe_version_id, made.product, made.scale, made.operator, str(made.started_on),
            made.furnace, *(getattr(made, name) for name in MASSES), made.note,
        ] if made else []  # fmt: skip
        weighed = [[w.lot_id, w.mass_g, w.reason] for w in self.weighings]
        return [self.line, self.errors, self.warnings, fields, weighed]


@dataclass(frozen=True)
class DryRun:
    """All rows with their verdicts.

    Attributes:
        headers: as in the file; empty names are left out.
        unknown: sentences about columns that are left out.
    """

    raw_file: RawFile
    headers: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def good(self) -> list[Row]:
        return [row for row in self.rows if not row.errors]

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.errors]

    @property
    def warned(self) -> list[Row]:
        return [row for row in self.rows if row.warnings and not row.errors]

    @cached_property
    def digest(self) -> str:
        """Changes when the file, or anything that a verdict rests on, does."""
        told = [self.raw_file.sha256, self.unknown, [row.told for row in self.rows]]
        return hashlib.sha256(canonical_json(told)).hexdigest()


def dry_run(raw_file: RawFile, user: User) -> DryRun:
    """Judge every row of a kept list.

    Raises:
        ListError: the file is no list.
    """
    with store.local_path(raw_file.key) as path:
        plain = read(path, raw_file.name, MOST_ROWS)
    return judge(plain, raw_file, user)


def judge(plain: PlainList, raw_file: RawFile, user: User) -> DryRun:
    """The same of a list that is read already."""
    chemicals = list(Chemical.objects.all())
    layout = columns.lay_out(plain.headers, chemicals)
    judged = _Judge(raw_file.project, user, layout, {c.pk: c for c in chemicals}, plain)
    rows = tuple(judged.row(row) for row in plain.rows)
    return DryRun(raw_file, tuple(header for header in plain.headers if header), layout.unknown, rows)


class _Judge:
    """What all rows are asked with: fetched once."""

    def __init__(
        self, project: Project, user: User, layout: Layout, chemicals: dict[int, Chemical], plain: PlainList
    ) -> None:
        self.project, self.user, self.layout, self.chemicals = project, user, layout, chemicals
        self.now = timezone.now()
        codes = {row.values.get(layout.plain.get("code", ""), "") for row in plain.rows}
        self.taken = set(Batch.objects.filter(project=project, code__in=codes).values_list("code", flat=True))
        self.seen: dict[str, int] = {}
        self.days: dict[str, set[date]] = {}  # lists repeat their dates, and reading one is slow
        self.versions = _versions(project)
        self.lots = _lots(layout.lots.keys() | layout.masses.keys())
        self.left = {lot.pk: round(lot.left_g, 9) for of in self.lots.values() for lot in of}  # type: ignore[attr-defined]  # annotated

    def row(self, plain: ListRow) -> Row:
        row = Row(plain.line, plain.values)
        if plain.beyond:
            row.errors[""] = f"It has {plain.beyond} more fields than the header (a separator inside a text?)."
        batch = self._batch(row)
        weighings = self._weighings(row, batch)
        if not row.errors:
            row.batch, row.weighings = batch, weighings
            for weighing in weighings:
                self.left[weighing.lot_id] = round(self.left[weighing.lot_id] - weighing.mass_g, 9)
            row.warnings += _said_of_masses(batch, weighings)
        return row

    def _text(self, row: Row, column: str) -> str:
        return row.values.get(self.layout.plain.get(column, ""), "")

    def _wrong(self, row: Row, column: str, sentence: str) -> None:
        row.errors.setdefault(self.layout.plain.get(column, column), sentence)

    def _batch(self, row: Row) -> Batch:
        code = self._text(row, "code")
        scale = self._text(row, "scale").casefold() or str(Batch.Scale.LAB)
        if not code:
            self._wrong(row, "code", "It has no code; every batch needs one.")
        elif code in self.taken:
            self._wrong(row, "code", f"{self.project} has a batch {code} already.")
        elif code in self.seen:
            self._wrong(row, "code", f"Line {self.seen[code]} has the code {code} already.")
        self.seen.setdefault(code, row.line)
        if scale not in Batch.Scale.values:
            self._wrong(row, "scale", f"“{scale}” is neither lab nor pilot.")
        batch = planned_batch(
            self.user,
            self.project,
            code,
            self._version(row),
            product=self._text(row, "product"),
            scale=scale,
            operator=self._text(row, "operator"),
            started_on=self._day(row),
            furnace=self._text(row, "furnace"),
            note=self._text(row, "note"),
            **{name: self._mass(row, name, self._text(row, name)) for name in MASSES},
        )
        try:
            check_batch(batch)
            # The process is that of the recipe, which was checked when it was written.
            kept = ["project", "recipe_version", "created_by", "process", "scale", *([] if code else ["code"])]
            batch.clean_fields(exclude=kept)
        except BatchError as error:
            self._wrong(row, "mass_after_washing_g", str(error))
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                self._wrong(row, name, " ".join(sentences))
        return batch

    def _version(self, row: Row) -> RecipeVersion | None:
        said = self._text(row, "recipe")
        if not said:
            return None
        match = VERSION.fullmatch(said)
        of = self.versions.get((match["code"] if match else said).casefold(), [])
        if match and not of:  # a recipe may be called "slow v2" itself
            match, of = None, self.versions.get(said.casefold(), [])
        if not of:
            known = ", ".join(sorted({versions[0].recipe.code for versions in self.versions.values()})[:8])
            self._wrong(row, "recipe", f"{self.project} has no recipe {said}{f'; it has {known}' if known else ''}.")
            return None
        if match:
            found = next((version for version in of if version.number == int(match["number"])), None)
            if found is None:
                numbers = ", ".join(f"v{version.number}" for version in of)
                self._wrong(row, "recipe", f"{of[0].recipe} has no version {match['number']}; it has {numbers}.")
            elif found.state == RecipeVersion.State.WITHDRAWN:
                self._wrong(row, "recipe", f"{found} was withdrawn; choose a newer version.")
                return None
        else:
            rank = {RecipeVersion.State.APPROVED: 0, RecipeVersion.State.DRAFT: 1}
            usable = [version for version in of if version.state in rank]
            found = min(usable, key=lambda v: (rank[RecipeVersion.State(v.state)], -v.number), default=None)
            if found is None:
                self._wrong(row, "recipe", f"All versions of {of[0].recipe} were withdrawn; write a new one.")
        if found is not None and found.state == RecipeVersion.State.DRAFT:
            row.warnings.append(f"{found} is a draft: it may still change.")
        return found

    def _day(self, row: Row) -> date | None:
        said = self._text(row, "started_on")
        if not said:
            return None
        if said not in self.days:
            self.days[said] = {moment.date() for moment in moments(said).values()}
        days = set(self.days[said])
        if len(days) == 1:
            day = days.pop()
            if day > timezone.localdate():
                row.warnings.append(f"It starts on {day}, which is still to come.")
            return day
        which = " or ".join(sorted(map(str, days)))
        sentence = f"“{said}” may be {which}" if days else f"“{said}” is no date"
        self._wrong(row, "started_on", f"{sentence}; write it as 2026-11-22.")
        return None

    def _mass(self, row: Row, column: str, said: str, header: str = "") -> float | None:
        if not said:
            return None
        number = said.split()[0] if said.split() else said
        try:
            if AMBIGUOUS.fullmatch(number):
                either = f"{number.replace(',', '.', 1)} or {number.replace(',', '')}"
                raise ValueError(f"“{number}” may be {either}; write the one that is meant.")
            grams = grams_of(said)
            if not grams > 0:
                raise ValueError(f"The mass is {said}; it must be over 0, or left out.")
        except ValueError as error:
            row.errors.setdefault(header or self.layout.plain[column], str(error))
            return None
        return grams

    def _weighings(self, row: Row, batch: Batch) -> list[Weighing]:
        reason = self._text(row, "reason")
        at = timezone.make_aware(datetime.combine(batch.started_on, time(12))) if batch.started_on else self.now
        found = []
        for key in self.layout.lots.keys() | self.layout.masses.keys():
            chemical = self.chemicals[key]
            lot_header = self.layout.lots.get(key, columns.lot_column(chemical))
            mass_header = self.layout.masses.get(key, columns.mass_column(chemical))
            number, said = row.values.get(lot_header, ""), row.values.get(mass_header, "")
            if not number and not said:
                continue
            grams = self._mass(row, "", said, mass_header)
            if not said:
                row.errors[mass_header] = f"How much was weighed of {chemical} {number} is not said."
            lot = self._lot(row, lot_header, chemical, number)
            if lot is None or grams is None:
                continue
            left = self.left[lot.pk]
            if not reason and (sentences := objections(batch, lot, grams, at.date(), left)):
                row.errors[lot_header] = " ".join(sentences)
            weighing = Weighing(
                batch=batch,
                chemical=chemical,
                lot=lot,
                mass_g=grams,
                reason=reason[:300],
                weighed_by=self.user,
                weighed_at=at,
            )
            found.append(weighing)
        return sorted(found, key=lambda weighing: weighing.lot_id)

    def _lot(self, row: Row, header: str, chemical: Chemical, number: str) -> Lot | None:
        of = self.lots.get(chemical.pk, [])
        if not number:
            row.errors[header] = f"From which lot of {chemical} is not said."
            return None
        named = [lot for lot in of if number in (lot.number, f"{lot.supplier} {lot.number}")]
        if len(named) == 1:
            return named[0]
        if named:
            which = " or ".join(f"{lot.supplier} {lot.number}" for lot in named)
            row.errors[header] = f"Two lots of {chemical} have the number {number}; write {which}."
        else:
            known = ", ".join(lot.number for lot in of[:6]) or "none yet"
            row.errors[header] = f"There is no lot {number} of {chemical}; there is {known}."
        return None


def _versions(project: Project) -> dict[str, list[RecipeVersion]]:
    """The versions of each recipe of a project, by its code, with their components and chemicals."""
    rows = RecipeVersion.objects.filter(recipe__project=project).select_related("recipe__project")
    components = RecipeComponent.objects.select_related("chemical")
    found: dict[str, list[RecipeVersion]] = defaultdict(list)
    for version in rows.prefetch_related(Prefetch("components", components)):
        found[version.recipe.code.casefold()].append(version)
    return found


def _lots(chemicals: Iterable[int]) -> dict[int, list[Lot]]:
    found: dict[int, list[Lot]] = defaultdict(list)
    for lot in Lot.objects.with_amount_left().filter(chemical__in=list(chemicals)).select_related("chemical"):
        found[lot.chemical_id].append(lot)
    return found


def _said_of_masses(batch: Batch, weighings: Sequence[Weighing]) -> list[str]:
    """Ratios outside their bands, and masses that contradict one another."""
    story = tell(batch, weighings)
    words: Callable[[float], str] = "{:.4g}".format
    return [
        f"{ratio.name} is {words(ratio.value)} instead of {words(ratio.target)} ({ratio.deviation:+.1%}):"
        f" {'beyond the fail band' if ratio.verdict == Verdict.FAIL else 'in the warn band'}."
        for ratio in story.ratios
        if ratio.verdict != Verdict.OK
    ] + list(story.problems)
