"""What a person says of two batches."""

from __future__ import annotations

from typing import Any

from django import forms

from synthesis.batch.models import Batch, BatchLink

CODES_OFFERED = 500

# "up": this batch is the child of the link; "down": the other one is.
RELATIONS = [
    ("up:blend", "is a blend of"),
    ("up:split", "is a split of"),
    ("up:scale_up", "is the scale-up of"),
    ("up:control", "is the control of"),
    ("up:rework", "is a re-work of"),
    ("down:blend", "went into the blend"),
    ("down:split", "was split into"),
    ("down:scale_up", "was scaled up as"),
    ("down:control", "has the control"),
    ("down:rework", "was re-worked as"),
]


class LinkForm(forms.Form):
    """This batch … that batch."""

    relation = forms.ChoiceField(label="This batch", choices=RELATIONS)
    other = forms.CharField(
        label="Batch", max_length=100, widget=forms.TextInput(attrs={"list": "codes", "autocomplete": "off"})
    )
    mass_g = forms.FloatField(
        label="Mass taken", required=False, widget=forms.NumberInput(attrs={"step": "any", "data-unit": "g"})
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch

    def codes(self) -> list[str]:
        """The newest batches of the project, offered while one types."""
        rows = Batch.objects.filter(project=self.batch.project_id).exclude(pk=self.batch.pk).order_by("-pk")
        return list(rows.values_list("code", flat=True)[:CODES_OFFERED])

    def clean_other(self) -> Batch:
        code = self.cleaned_data["other"].strip()
        found = Batch.objects.filter(project=self.batch.project_id, code=code).select_related("project").first()
        if found is None:
            raise forms.ValidationError(
                f"{self.batch.project} has no batch {code}; write its code as the list of batches has it."
            )
        return found

    def ends(self) -> tuple[Batch, Batch, BatchLink.Kind]:
        """Child, parent and kind of the link that is asked for."""
        direction, _, kind = self.cleaned_data["relation"].partition(":")
        other = self.cleaned_data["other"]
        child, parent = (self.batch, other) if direction == "up" else (other, self.batch)
        return child, parent, BatchLink.Kind(kind)
