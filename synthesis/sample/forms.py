"""Forms of samples."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from synthesis.batch.models import Batch
from synthesis.sample.models import Sample
from synthesis.sample.services import MOST_IN_A_SERIES, Series


class SeriesForm(forms.Form):
    """One sample, or a series."""

    stage = forms.ChoiceField(choices=Sample.Stage.choices, initial=Sample.Stage.FINAL)
    count = forms.IntegerField(label="How many", initial=1, min_value=1, max_value=MOST_IN_A_SERIES)
    codes = forms.CharField(
        label="Code", required=False, max_length=90, help_text="A number follows. Empty: batch and stage, as below."
    )
    first = forms.IntegerField(
        label="First number", required=False, min_value=0, help_text="Empty: goes on from those that are there."
    )
    stage_number = forms.IntegerField(
        label="Wash or repeat", initial=1, min_value=1, help_text="2 for “after wash 2”; sub-lots number themselves."
    )
    amount_g = forms.FloatField(
        label="Amount of each", required=False, widget=forms.NumberInput(attrs={"step": "any", "data-unit": "g"})
    )
    from_saggars = forms.BooleanField(
        label="Each from a saggar of its own", required=False, help_text="Which has the sample's number."
    )
    zones = forms.IntegerField(
        label="Furnace zones",
        required=False,
        min_value=0,
        help_text="The saggars stand in them in equal shares, in order.",
        widget=forms.NumberInput(attrs={"data-needs": "from_saggars=on"}),
    )
    location = forms.CharField(required=False, max_length=100, help_text="Where it is kept.")
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if batch.scale == Batch.Scale.PILOT:
            self.fields["stage"].initial = Sample.Stage.SUB_LOT
            self.fields["from_saggars"].initial = True

    def series(self) -> Series:
        said = dict(self.cleaned_data)
        said["zones"] = said["zones"] or 0 if said["from_saggars"] else 0
        return Series(prefix=said.pop("codes"), **said)


class SampleForm(forms.ModelForm):
    reason = forms.CharField(
        max_length=100, required=False, label="Why", help_text="What the history will say: “label misread”."
    )

    class Meta:
        model = Sample
        fields: ClassVar = [
            "code", "stage", "stage_number", "saggar", "furnace_zone", "amount_g", "location", "note",
        ]  # fmt: skip
        widgets: ClassVar = {
            "amount_g": forms.NumberInput(attrs={"step": "any", "min": "0", "data-unit": "g"}),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
