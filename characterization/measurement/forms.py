"""What a person says of uploaded files: nothing, as labdb finds it out, or on which sample, batch or cell they hang."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import Value
from django.db.models.functions import Concat

from cells.assembly.models import Cell
from cells.cycling.forms import EXISTING, NEW, SUGGESTED, CellSubjectForm
from characterization.measurement.finding import first_heat_without_log, guess_of
from characterization.measurement.guess import cycles_said
from characterization.measurement.services import AgedCell
from labdb.accounts.models import Project
from labdb.files.models import RawFile
from labdb.ingest.installed import techniques
from labdb.ingest.subjects import AUTO, FIND_OUT
from synthesis.batch.models import Batch
from synthesis.heat_treatment.forms import BATCH
from synthesis.sample.models import Sample

SPECIMEN = "specimen"
FINDS_OUT = (AUTO, "As labdb finds out, by content and name")
ON_A_SPECIMEN = (SPECIMEN, "On a sample, a batch, or what was taken out of a cell")
NEEDS = {"data-needs": f"onto={SPECIMEN}"}
# What may stand before a code that both a batch and a cell have.
KINDS = ("sample", "batch", "cell")


class MeasurementSubjectForm(CellSubjectForm):
    """What a file may be hung on where all floors are there."""

    field_order = (
        "project", "onto", "specimen", "cycle_count", "cell", "continues", "batch", "heat_treatment", "technique",
    )  # fmt: skip

    specimen = forms.CharField(
        label="Sample, batch or cell",
        max_length=220,
        required=False,
        widget=forms.TextInput(attrs={"list": "specimens", "autocomplete": "off", **NEEDS}),
    )
    cycle_count = forms.IntegerField(
        label="After cycle",
        min_value=0,
        max_value=10**8,
        required=False,
        help_text="Of a cell: how many cycles it had made by then.",
        widget=forms.NumberInput(attrs=NEEDS),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        onto = cast(forms.ChoiceField, self.fields["onto"])
        cells = list(cast("list[tuple[str, str]]", onto.choices))
        onto.choices = [FINDS_OUT, ON_A_SPECIMEN, *cells]
        onto.initial = AUTO
        onto.help_text = (
            "labdb looks for codes of batches, samples and cells in the names of files and folders, and asks where"
            " none, or several, are found."
        )

    def suggestions(self) -> dict[str, Iterable[tuple[str, str]]]:
        return {**super().suggestions(), "specimens": self._specimens()}

    def _specimens(self) -> list[tuple[str, str]]:
        """Samples with their batch, batches, cells: the newest of each."""
        samples = Sample.objects.editable_by(self.user).select_related("batch__project").order_by("-pk")[:SUGGESTED]
        batches = Batch.objects.editable_by(self.user).select_related("project").order_by("-pk")[:SUGGESTED]
        cells = Cell.objects.editable_by(self.user).select_related("project").order_by("-pk")[:SUGGESTED]
        return [
            *((full_code(one), f"{one.where_from}, {one.batch.project}") for one in samples),
            *((one.code, f"batch, {one.project}") for one in batches),
            *((one.code, f"cell, {one.project}") for one in cells),
        ]

    @staticmethod
    def at_once() -> list[tuple[str, str]]:
        return [(AUTO, "File what labdb finds out"), (NEW, "File each on a new cell")]

    @staticmethod
    def start_for(raw_file: RawFile) -> dict[str, Any]:
        """The best guess, as answers of the form."""
        of = next((one for one in techniques() if one.name == raw_file.technique), None)
        found = guess_of(raw_file.project, raw_file.name, raw_file.folder, of)
        best = found.fits[0] if found.fits else None
        if of is not None and "new_cell" in of.subjects:
            return {"onto": EXISTING, "cell": best.code} if best else {"onto": NEW}
        if best is None:
            return {"onto": SPECIMEN}
        if of is not None and "sample" not in of.subjects:
            batch = Batch.objects.get(pk=best.pk)
            return {"onto": BATCH, "batch": batch.code, "heat_treatment": first_heat_without_log(batch)}
        if best.kind == "sample":
            code = full_code(Sample.objects.select_related("batch").get(pk=best.pk))
            return {"onto": SPECIMEN, "specimen": code}
        path = f"{raw_file.folder}/{raw_file.name}"
        cycles = cycles_said(path, best.code) if best.kind == "cell" else None
        return {"onto": SPECIMEN, "specimen": best.code, "cycle_count": cycles}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("onto") == AUTO:
            self._subject = FIND_OUT
        if data.get("onto") == SPECIMEN and "project" in data and "cycle_count" in data:
            self._subject = self._specimen(data["project"], data.get("specimen", ""), data["cycle_count"])
        return data

    def _specimen(self, project: Project, text: str, cycle_count: int | None) -> Sample | Batch | AgedCell | None:
        try:
            found = specimen(project, text)
        except ValueError as error:
            self.add_error("specimen", str(error))
            return None
        if isinstance(found, Cell):
            return AgedCell(found, cycle_count)
        if cycle_count is not None:
            self.add_error("cycle_count", f"{found} is no cell, so it made no cycles; leave this empty.")
            return None
        return found


def full_code(sample: Sample) -> str:
    """The code of a sample as it can be typed: with that of its batch, where it does not begin with it."""
    return sample.code if sample.code.startswith(sample.batch.code) else f"{sample.batch.code} {sample.code}"


def specimen(project: Project, text: str) -> Sample | Batch | Cell:
    """What a typed code means: of a sample, alone or behind that of its batch, of a batch, or of a cell.

    Raises:
        ValueError: it means nothing in the project, or several things.
    """
    text = " ".join(text.split())
    if not text:
        raise ValueError("Give the code of a sample, a batch or a cell.")
    kind, _, rest = text.partition(" ")
    if kind.lower() in KINDS and rest and not _meant(project, text):
        found = [one for one in _meant(project, rest) if isinstance(one, _model(kind.lower()))]
        text = rest
    else:
        found = _meant(project, text)
    if not found:
        raise ValueError(f"{project} has no sample, batch or cell {text}; check the code.")
    if len(found) > 1:
        if all(isinstance(one, Sample) for one in found):
            raise ValueError(
                f"{len(found)} batches have a sample {text}; write the code of the batch before it:"
                f" {full_code(cast(Sample, found[0]))}."
            )
        ways = " or ".join(f"“{type(one).__name__.lower()} {text}”" for one in found)
        raise ValueError(f"{text} means several things here; write {ways}.")
    return found[0]


def _meant(project: Project, text: str) -> list[Sample | Batch | Cell]:
    samples = Sample.objects.filter(batch__project=project).select_related("batch__project").order_by("batch__code")
    full = samples.annotate(full=Concat("batch__code", Value(" "), "code"))
    batches = Batch.objects.filter(project=project).select_related("project")
    cells = Cell.objects.filter(project=project).select_related("project", "batch")
    return [
        *(samples.filter(code__iexact=text) or full.filter(full__iexact=text)),
        *batches.filter(code__iexact=text),
        *cells.filter(code__iexact=text),
    ]


def _model(kind: str) -> type[Sample] | type[Batch] | type[Cell]:
    return {"sample": Sample, "batch": Batch, "cell": Cell}[kind]  # type: ignore[return-value]  # one of the three
