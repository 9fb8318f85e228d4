"""What a person says of a furnace log: its thermocouple, and on which heat treatment of which batch it hangs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms

from labdb.accounts.models import Project
from labdb.files.subject import SubjectForm
from synthesis.batch.models import Batch
from synthesis.heat_treatment.services import HeatTreatmentOf, check_number

# As many codes as a person would scroll through; any other can still be typed.
SUGGESTED = 500
BATCH = "batch"
CHOICE = (BATCH, "On a heat treatment of a batch: furnace logs")


class LogForm(forms.Form):
    """A choice only where there is one to make."""

    channel = forms.TypedChoiceField(label="Thermocouple that is measured", coerce=int)
    heat_treatment = forms.TypedChoiceField(label="Heat treatment", coerce=int)

    def __init__(
        self, *args: Any, channels: Sequence[tuple[int, str]], heats: Sequence[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "channel": [(n, f"{n}: {name}") for n, name in channels],
            "heat_treatment": [(n, f"{n}: {name}") for n, name in heats],
        }
        for name, choices in offered.items():
            if len(choices) > 1:
                cast(forms.TypedChoiceField, self.fields[name]).choices = choices
            else:
                del self.fields[name]


class HeatTreatmentSubjectForm(SubjectForm):
    """The fields of the upload and inbox pages that name a heat treatment; a room above offers them as a choice."""

    batch = forms.CharField(
        label="Batch code",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "batch-codes", "autocomplete": "off", "data-needs": f"onto={BATCH}"}),
    )
    heat_treatment = forms.IntegerField(
        label="Heat treatment",
        min_value=1,
        max_value=99,
        required=False,
        initial=1,
        help_text="1 is the first of the batch's process, the sintering; 2 the next.",
        widget=forms.NumberInput(attrs={"data-needs": f"onto={BATCH}"}),
    )

    def suggestions(self) -> dict[str, Iterable[tuple[str, str]]]:
        newest = Batch.objects.editable_by(self.user).select_related("project").order_by("-pk")[:SUGGESTED]
        return {"batch-codes": [(batch.code, f"{batch.product}, {batch.project}".lstrip(", ")) for batch in newest]}

    def heat_subject(self, project: Project, data: dict[str, Any]) -> HeatTreatmentOf | None:
        """The heat treatment that was named; None where it is none, which then stands at its field."""
        code = data.get("batch", "").strip()
        if not code:
            self.add_error("batch", "Give the code of the batch.")
            return None
        batch = Batch.objects.filter(project=project, code__iexact=code).first()
        if batch is None:
            self.add_error("batch", f"{project} has no batch {code}; check the code.")
            return None
        number = data.get("heat_treatment") or 1
        try:
            check_number(batch, number)
        except ValueError as error:
            self.add_error("heat_treatment", str(error))
            return None
        return HeatTreatmentOf(batch, number)
