"""What a person says who leaves something out, or takes it back."""

from __future__ import annotations

from typing import Any

from django import forms

from cells.exclusion.services import LONGEST_REASON


def _why(label: str, example: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_REASON, help_text=f"Stays with it: “{example}”.", widget=forms.TextInput
    )


class ReasonForm(forms.Form):
    reason = _why("Why it is left out", "electrolyte leaked")


class CyclesForm(forms.Form):
    """Leaves cycles of a test out; all of them where none is named."""

    first_cycle = forms.IntegerField(label="From cycle", min_value=0, required=False, help_text="Empty: all of it.")
    last_cycle = forms.IntegerField(label="to cycle", min_value=0, required=False, help_text="Empty for one cycle.")
    reason = _why("Why they are left out", "power cut at night")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("last_cycle") is not None and cleaned.get("first_cycle") is None:
            self.add_error("first_cycle", "Say from which cycle on.")
        return cleaned


class WithdrawForm(forms.Form):
    reason = _why("Why it counts again", "the step was the cell's, not the cycler's")
