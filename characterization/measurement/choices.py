"""What a person says of a measurement, as forms: the choices of its analysis, and who measured it when."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from characterization.measurement.models import SampleMeasurement
from characterization.measurement.services import instruments_for
from labdb.ingest.presentation import Choice, Presentation
from labdb.quantities import QUANTITIES

YES_NO = [("", "as the analysis does"), ("true", "yes"), ("false", "no")]


class ChoicesForm(forms.Form):
    """One field for each choice of a technique; an empty one is left to the file and the analysis."""

    def __init__(self, *args: Any, presentation: Presentation, used: Mapping[str, Any], **kwargs: Any) -> None:
        """
        Args:
            used: the parameters of the current run, which stand in the empty fields as what is used now.
        """
        super().__init__(*args, **kwargs)
        self.presentation = presentation
        for choice in presentation.choices:
            self.fields[choice.name] = field_of(choice, used.get(choice.name))

    @staticmethod
    def start(presentation: Presentation, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields hold at first: a person's choices so far."""
        kinds = {choice.name: choice.kind for choice in presentation.choices}
        shown = {}
        for name, value in chosen.items():
            if kinds.get(name) == "json":
                shown[name] = json.dumps(value)
            elif kinds.get(name) == "flag":
                shown[name] = "true" if value else "false"
            else:
                shown[name] = value
        return shown

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.errors:
            return said
        values = {}
        for choice in self.presentation.choices:
            value = said.get(choice.name)
            if choice.kind == "flag":
                value = None if value in ("", None) else value == "true"
            elif choice.kind == "json" and value:
                try:
                    value = json.loads(value)
                except ValueError:
                    self.add_error(choice.name, "This is not what the page wrote; choose again on the picture.")
                    return said
            values[choice.name] = value
        try:
            self.parameters = self.presentation.checked(values)
        except ValueError as error:
            self.add_error(None, str(error))
        return said


def field_of(choice: Choice, used: Any) -> forms.Field:
    """The form field of a choice."""
    words: dict[str, Any] = {"label": choice.label, "required": False, "help_text": choice.help}
    if choice.kind in ("number", "whole"):
        attrs = {"step": "1" if choice.kind == "whole" else "any"}
        if choice.unit:
            attrs["data-unit"] = choice.unit
        if isinstance(used, int | float) and not isinstance(used, bool):
            attrs["placeholder"] = f"{used:g}"
        field = forms.IntegerField if choice.kind == "whole" else forms.FloatField
        lowest = choice.lowest if math.isfinite(choice.lowest) else None
        highest = choice.highest if math.isfinite(choice.highest) else None
        widget = forms.NumberInput(attrs=attrs)
        return field(
            label=choice.label,
            required=False,
            help_text=choice.help,
            min_value=cast(Any, lowest),
            max_value=cast(Any, highest),
            widget=widget,
        )
    if choice.kind == "choice":
        named = dict(choice.choices).get(used, "as the analysis finds")
        return forms.ChoiceField(**words, choices=[("", f"({named})"), *choice.choices])
    if choice.kind == "flag":
        return forms.ChoiceField(**words, choices=YES_NO)
    if choice.kind == "json":
        return forms.CharField(**words, widget=forms.HiddenInput())
    return forms.CharField(**words)


class AboutForm(forms.ModelForm):
    """Who measured it, with what, when."""

    reason = forms.CharField(
        label="Why", required=False, max_length=100, help_text="Where something is corrected; the history keeps it."
    )

    class Meta:
        model = SampleMeasurement
        fields = ("name", "instrument", "operator", "measured_on", "cycle_count", "note")
        widgets = {
            "measured_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instrument"].queryset = instruments_for(self.instance.technique)  # type: ignore[attr-defined]  # a ModelChoiceField
        if self.instance.cell_id is None:
            del self.fields["cycle_count"]


def printed(name: str, value: Any, choices: Sequence[Choice] = ()) -> tuple[str, str]:
    """A parameter of a run in words: its label, and its value with the unit; of many things on a picture, how many."""
    about = QUANTITIES.get(name)
    choice = next((choice for choice in choices if choice.name == name), None)
    label = about.label if about else choice.label if choice else name.replace("_", " ")
    if value is None:
        return label, "as the file says"
    if isinstance(value, bool):
        return label, "yes" if value else "no"
    if about and isinstance(value, int | float):
        return label, f"{about.text(value)} {'%' if about.percent else about.unit}".rstrip()
    if isinstance(value, int | float):
        return label, f"{value:g} {choice.unit if choice else ''}".rstrip()
    if isinstance(value, list) and value and isinstance(value[0], list | dict):
        return label, str(len(value))
    if choice and choice.kind == "choice":
        return label, dict(choice.choices).get(value, str(value))
    return label, json.dumps(value) if isinstance(value, list | dict) else str(value)
