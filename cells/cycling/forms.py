"""What a person says of a test: on which cell its file is hung, and the choices that its numbers depend on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms

from cells.assembly.models import Cell
from cells.cycling.models import CyclingTest
from cells.cycling.services import NewCell
from cells.cycling.table import BLOCK_KINDS, CYCLE_KINDS
from synthesis.heat_treatment.forms import BATCH, HeatTreatmentSubjectForm
from synthesis.heat_treatment.forms import CHOICE as ON_A_BATCH

# As many codes as a person would scroll through; any other can still be typed.
SUGGESTED = 500
NEW, EXISTING, LATER = "new", "existing", "later"
AS_FOUND = ""
CHOICES = [
    (NEW, "On a new cell for each file, named after it"),
    (EXISTING, "On a cell that is here already"),
    ON_A_BATCH,
    (LATER, "Decide later, in the inbox"),
]


class CellSubjectForm(HeatTreatmentSubjectForm):
    """On a cell, or below on a batch: what a file may be hung on where both floors are there."""

    field_order: Sequence[str] = ("project", "onto", "cell", "continues", "batch", "heat_treatment")

    onto = forms.ChoiceField(label="Hang the files", choices=CHOICES, initial=NEW, widget=forms.RadioSelect)
    cell = forms.CharField(
        label="Cell code",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "cell-codes", "autocomplete": "off", "data-needs": f"onto={EXISTING}"}),
    )
    continues = forms.BooleanField(
        label="The files go on with the last test of that cell",
        required=False,
        help_text="After a restart of the cycler: time and cycle count continue.",
        widget=forms.CheckboxInput(attrs={"data-needs": f"onto={EXISTING}"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.fields["project"].disabled:  # an answer to the inbox
            field = cast(forms.ChoiceField, self.fields["onto"])
            field.label, field.choices = (
                "Hang the file",
                [
                    (NEW, "On a new cell, named after it"),
                    CHOICES[1],
                    ON_A_BATCH,
                ],
            )

    def suggestions(self) -> dict[str, Iterable[tuple[str, str]]]:
        newest = Cell.objects.editable_by(self.user).select_related("project").order_by("-pk")[:SUGGESTED]
        return {**super().suggestions(), "cell-codes": [(cell.code, cell.project.name) for cell in newest]}

    @staticmethod
    def at_once() -> list[tuple[str, str]]:
        return [(NEW, "File each on a new cell")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._subject: Any = NewCell() if data.get("onto") == NEW else None
        if data.get("onto") == EXISTING and "project" in data:
            self._subject = self._existing(data)
        if data.get("onto") == BATCH and "project" in data:
            self._subject = self.heat_subject(data["project"], data)
        return data

    def _existing(self, data: dict[str, Any]) -> Cell | CyclingTest | None:
        code = data.get("cell", "").strip()
        if not code:
            self.add_error("cell", "Give the code of the cell, or choose a new cell.")
            return None
        cell = Cell.objects.filter(project=data["project"], code__iexact=code).first()
        if cell is None:
            self.add_error("cell", f"{data['project']} has no cell {code}; check the code, or choose a new cell.")
            return None
        if not data.get("continues"):
            return cell
        test = cell.cycling_tests.order_by("-pk").first()
        if test is None:
            self.add_error("continues", f"{cell} has no test yet that could go on; leave this unticked.")
        return test

    def subject(self) -> Any:
        return self._subject


class CycleKindsForm(forms.Form):
    """Says what the cycles of a range were for."""

    first = forms.IntegerField(label="From cycle", min_value=0)
    last = forms.IntegerField(label="to cycle", min_value=0, required=False, help_text="Empty for one cycle.")
    kind = forms.ChoiceField(
        label="are",
        required=False,
        choices=[*((kind, kind) for kind in CYCLE_KINDS), (AS_FOUND, "as labdb finds them")],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first is not None and last is not None and last < first:
            self.add_error("last", f"The range ends before it begins: write a cycle from {first} on.")
        return cleaned


class StepKindsForm(forms.Form):
    """Says what the steps of a range were for: those of a block, or any."""

    first_step = forms.IntegerField(label="From step", min_value=1)
    last_step = forms.IntegerField(label="to step", min_value=1, required=False, help_text="Empty for one step.")
    kind = forms.ChoiceField(
        label="are",
        required=False,
        choices=[*((kind, kind) for kind in BLOCK_KINDS), (AS_FOUND, "as labdb finds them")],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_step"), cleaned.get("last_step")
        if first is not None and last is not None and last < first:
            self.add_error("last_step", f"The range ends before it begins: write a step from {first} on.")
        return cleaned


class NominalCapacityForm(forms.Form):
    """What 1 C is for this test, where the cell's mass and specific capacity do not say it."""

    nominal_capacity_mah = forms.FloatField(
        label="Nominal capacity",
        required=False,
        min_value=1e-9,
        widget=forms.NumberInput(attrs={"step": "any", "data-unit": "mAh"}),
        help_text="For this test only, in place of active mass × 1 C of the cell.",
    )


class NextFileForm(forms.Form):
    file = forms.FileField(
        label="Next file of this test",
        help_text="One that goes on where the last ends, or the same recording as it has grown since.",
    )
