"""What would become of many cells that are written down as texts: each row with its errors, before anything is saved.

The rules are those of the form of one cell; here they are asked for all rows with a constant number of queries.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cells.assembly import layers
from cells.assembly.build import BUILD_FIELDS
from cells.assembly.masses import contradictions, follow
from cells.assembly.models import Cell, CellTemplate
from cells.assembly.services import no_batch_sentence, taken_electrodes
from cells.electrode.models import ElectrodeDisc
from labdb.accounts.models import Project
from labdb.ingest.numbers import moments
from synthesis.batch.models import Batch

ELECTRODES = ("positive_electrode", "negative_electrode")
NAMES = (
    "code", "template", "product", "batch", *ELECTRODES, "active_mass_mg", *BUILD_FIELDS, "built_on", "built_by",
    "note",
)  # fmt: skip
COMMA = re.compile(r"[+-]?\d+,\d+")
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
NOT_FIELDS = ("project", "batch", "created_by", *ELECTRODES)  # each would be asked for by a query of its own


@dataclass
class Row:
    """One row and what would become of it.

    Attributes:
        line: in the file, or from 1 in a series.
        values: as written, by the name of the field.
        errors: field → sentence; the row is not saved as it is. An empty name is about the whole row.
        warnings: sentences that one should know; the row can be saved.
        cell: as it would be saved; None where the row has errors.
    """

    line: int
    values: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    cell: Cell | None = None

    @property
    def told(self) -> list[object]:
        """Everything that the verdict rests on, for a digest."""
        cell = self.cell
        if cell is None:
            return [self.line, self.errors, self.warnings]
        names = (*BUILD_FIELDS, "code", "product", "active_mass_mg", "n_p_ratio", "built_on", "built_by", "note")
        keys = [cell.batch_id, cell.positive_electrode_id, cell.negative_electrode_id]
        return [self.line, self.errors, self.warnings, [str(getattr(cell, name)) for name in names], keys]


def judge(
    rows: Sequence[tuple[int, Mapping[str, str]]], project: Project, base: Mapping[str, Any] | None = None
) -> list[Row]:
    """Judge rows of texts by field; a constant number of queries.

    Args:
        rows: (line, texts), in order; a text that is not there is empty.
        base: values that every cell begins with.
    """
    judged = _Judge(project, [values for _, values in rows], base or {})
    return [judged.row(line, values) for line, values in rows]


class _Judge:
    """What all rows are asked with: fetched once."""

    def __init__(self, project: Project, rows: Sequence[Mapping[str, str]], base: Mapping[str, Any]) -> None:
        self.project, self.base = project, base

        def said(*names: str) -> set[str]:
            return {row.get(name, "") for row in rows for name in names} - {""}

        cells = Cell.objects.filter(project=project, code__in=said("code"))
        self.taken = set(cells.values_list("code", flat=True))
        self.batches = {one.code: one for one in Batch.objects.filter(project=project, code__in=said("batch"))}
        discs = ElectrodeDisc.objects.filter(project=project, code__in=said(*ELECTRODES))
        self.discs = {one.code: one for one in discs.select_related("sheet__batch", "project")}
        self.where = taken_electrodes(disc.pk for disc in self.discs.values())
        self.templates = {}
        if said("template"):
            self.templates = {one.name.casefold(): one for one in CellTemplate.objects.filter(project=project)}
        self.seen: dict[str, int] = {}

    def row(self, line: int, values: Mapping[str, str]) -> Row:
        row = Row(line, values)
        found: dict[str, Any] = {**self.base}
        self._template(row, found)
        for name in NAMES:
            text = values.get(name, "").strip()
            if not text or name in ("code", "template"):
                continue
            try:
                found[name] = self._read(name, text, line)
            except ValueError as error:
                row.errors[name] = str(error)
            except ValidationError as error:
                row.errors[name] = " ".join(error.messages)
        cell = Cell(project=self.project, code=values.get("code", "").strip(), **found)
        self._code(row, cell)
        self._check(row, cell)
        typed = {name: found.get(name) for name in ("active_mass_mg", "batch") if values.get(name, "").strip()}
        row.errors |= contradictions(cell.positive_electrode, typed.get("active_mass_mg"), typed.get("batch"))
        if not row.errors:
            follow(cell)
            row.cell = cell
            if cell.active_mass_mg is None:
                row.warnings.append("Without an active mass its curves are in mAh, not mAh/g.")
            row.warnings += cell.balance.doubts
        return row

    def _template(self, row: Row, found: dict[str, Any]) -> None:
        said = row.values.get("template", "").strip()
        if not said:
            return
        template = self.templates.get(said.casefold())
        if template is None:
            known = ", ".join(sorted(one.name for one in self.templates.values())[:6]) or "none yet"
            row.errors["template"] = f"{self.project} has no template {said}; there is {known}."
            return
        found |= template.build

    def _code(self, row: Row, cell: Cell) -> None:
        if not cell.code:
            row.errors["code"] = "It has no code; every cell needs one."
        elif cell.code in self.taken:
            row.errors["code"] = f"{self.project} has a cell {cell.code} already."
        elif cell.code in self.seen:
            row.errors["code"] = f"Line {self.seen[cell.code]} has the code {cell.code} already."
        self.seen.setdefault(cell.code, row.line)

    def _read(self, name: str, text: str, line: int) -> Any:
        if name == "batch":
            if text not in self.batches:
                raise ValueError(no_batch_sentence(self.project, text))
            return self.batches[text]
        if name in ELECTRODES:
            return self._disc(text, line)
        return _reader(name)(text)

    def _disc(self, code: str, line: int) -> ElectrodeDisc:
        disc = self.discs.get(code)
        if disc is None:
            raise ValueError(f"{self.project} has no electrode {code}; punch it from its sheet first.")
        if disc.pk in self.where:
            raise ValueError(f"{code} is in {self.where[disc.pk]} already; choose another electrode.")
        self.where[disc.pk] = f"line {line}"
        return disc

    @staticmethod
    def _check(row: Row, cell: Cell) -> None:
        for check in (lambda: cell.clean_fields(exclude=[*NOT_FIELDS, *([] if cell.code else ["code"])]), cell.clean):
            try:
                check()
            except ValidationError as error:
                for name, sentences in error.message_dict.items():
                    row.errors.setdefault(name, " ".join(sentences))


@cache
def _reader(name: str) -> Callable[[str], Any]:
    """How the text of a field becomes its value."""
    if name == "solid_layers":
        return lambda text: layers.as_stored(layers.of_text(text))
    model_field = Cell._meta.get_field(name)
    if model_field.choices:  # type: ignore[union-attr]  # a field of ours, no relation
        return lambda text: _choice(text, list(model_field.choices))  # type: ignore[union-attr, arg-type]
    form_field = model_field.formfield()  # type: ignore[union-attr]
    if isinstance(form_field, forms.DateField):
        return _day
    if isinstance(form_field, forms.FloatField):
        return lambda text: form_field.clean(_number(text))
    return cast(forms.Field, form_field).clean


def _choice(text: str, choices: list[tuple[str, str]]) -> str:
    for value, label in choices:
        if text.casefold() in (value.casefold(), str(label).casefold()):
            return value
    raise ValueError(f"“{text}” is none of {', '.join(str(label) for _, label in choices)}.")


def _number(text: str) -> str:
    if AMBIGUOUS.fullmatch(text):
        either = f"{text.replace(',', '.', 1)} or {text.replace(',', '')}"
        raise ValueError(f"“{text}” may be {either}; write the one that is meant.")
    return text.replace(",", ".") if COMMA.fullmatch(text) else text


def _day(text: str) -> date:
    days = {moment.date() for moment in moments(text).values()}
    if len(days) != 1:
        which = " or ".join(sorted(map(str, days)))
        sentence = f"“{text}” may be {which}" if days else f"“{text}” is no date"
        raise ValueError(f"{sentence}; write it as 2026-11-22.")
    day = days.pop()
    if day > timezone.localdate():
        raise ValueError(f"{day} is still to come.")
    return day
