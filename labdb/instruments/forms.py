"""Forms of instruments and their calibrations."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from labdb.ingest.installed import techniques
from labdb.instruments.models import Calibration, Instrument


def day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def why(example: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        max_length=100, required=required, label="Why", help_text=f"What the history will say: “{example}”."
    )


class InstrumentForm(forms.ModelForm):
    technique = forms.ChoiceField(required=False, help_text="What it is mostly used for.")

    class Meta:
        model = Instrument
        fields: ClassVar = [
            "name", "technique", "maker", "model", "serial_number", "location", "note", "retired",
        ]  # fmt: skip
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Anything"), *((of.name, of.label) for of in techniques())]
        self.fields["technique"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if self.instance.pk:
            self.fields["reason"] = why("moved to room 14")
        else:
            del self.fields["retired"]


class CalibrationForm(forms.ModelForm):
    class Meta:
        model = Calibration
        fields: ClassVar = [
            "performed_on", "due_on", "outcome", "standard", "performed_by", "certificate", "note",
        ]  # fmt: skip
        labels: ClassVar = {"performed_on": "Done on", "due_on": "Due again on", "performed_by": "Done by"}
        help_texts: ClassVar = {"due_on": "Empty where it does not run out, or failed."}
        widgets: ClassVar = {
            "performed_on": day(),
            "due_on": day(),
            "note": forms.Textarea(attrs={"rows": 1}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["reason"] = why("date read wrongly from the certificate", required=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == Calibration.Outcome.FAILED:
            data["due_on"] = None  # filled in from the calibration before, and nobody's word
        return data
