"""The form of a storage plan."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms

from cells.storage.models import StoragePlan


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _number(unit: str) -> forms.NumberInput:
    return forms.NumberInput(attrs={"step": "any", "data-unit": unit})


class StoragePlanForm(forms.ModelForm):
    check_days = forms.CharField(
        label="Check after", max_length=200, help_text="Days since it was put away: 15, 42.", required=False
    )
    charge_percent = forms.FloatField(
        label="or state of charge", required=False, widget=_number("%"), help_text="Where no voltage says it."
    )

    class Meta:
        model = StoragePlan
        fields: ClassVar = [
            "started_at", "temperature_celsius", "check_days", "voltage_volt", "charge_percent", "note", "ended_at",
        ]  # fmt: skip
        labels: ClassVar = {"ended_at": "Ended"}
        help_texts: ClassVar = {
            "temperature_celsius": "Of the chamber; used where the cycler's file does not say it.",
            "ended_at": "Empty while it is stored.",
        }
        widgets: ClassVar = {
            "started_at": _moment(),
            "ended_at": _moment(),
            "temperature_celsius": _number("°C"),
            "voltage_volt": _number("V"),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("check_days", self.instance.days_text)
            charge = self.instance.state_of_charge
            self.initial.setdefault("charge_percent", None if charge is None else round(charge * 100, 6))
            self.fields["reason"] = forms.CharField(
                label="Why it changes", max_length=100, required=False, help_text="Kept in the history."
            )

    def clean_check_days(self) -> list[float]:
        """Numbers between commas, semicolons or blanks, in rising order."""
        texts = [text for text in re.split(r"[,;\s]+", self.cleaned_data["check_days"]) if text]
        try:
            return sorted({float(text) for text in texts})
        except ValueError:
            raise forms.ValidationError("Write the days as numbers with commas between them: 15, 42.") from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        charge = data.get("charge_percent")
        self.instance.state_of_charge = None if charge is None else charge / 100
        return data

    def blame(self, field: str, sentence: str) -> None:
        """Put what the service refused at its field."""
        named = {"state_of_charge": "charge_percent"}.get(field, field)
        self.add_error(named if named in self.fields else None, sentence)
