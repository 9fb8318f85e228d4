"""Forms of the inventory."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms

from synthesis.chemical.models import Chemical, Lot, LotCorrection


class WhyField(forms.CharField):
    """Why a record is changed; the history shows it."""

    def __init__(self) -> None:
        super().__init__(
            max_length=100, required=False, label="Why", help_text="What the history will say: “as on the certificate”."
        )


class ChemicalForm(forms.ModelForm):
    class Meta:
        model = Chemical
        fields: ClassVar = ["name", "formula", "role", "cas_number", "note"]
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 2})}
        help_texts: ClassVar = {"name": "As the lab calls it: Ni83 hydroxide.", "role": "What it does in a recipe."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["formula"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        if self.instance.pk:
            self.fields["reason"] = WhyField()


def number(unit: str, least: str = "0") -> forms.NumberInput:
    return forms.NumberInput(attrs={"step": "any", "min": least, "data-unit": unit})


def day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LotForm(forms.ModelForm):
    certificate = forms.FileField(required=False, help_text="The supplier's certificate of analysis, any format.")

    class Meta:
        model = Lot
        fields: ClassVar = [
            "chemical", "supplier", "number", "amount_g", "assay_percent", "moisture_percent", "received_on",
            "opened_on", "expires_on", "note",
        ]  # fmt: skip
        widgets: ClassVar = {
            "amount_g": number("g"),
            "assay_percent": number("%"),
            "moisture_percent": number("%"),
            "received_on": day(),
            "opened_on": day(),
            "expires_on": day(),
            "note": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*self.Meta.fields[:-1], "certificate", "note"])
        cast(forms.ModelChoiceField, self.fields["chemical"]).empty_label = "Choose"
        if self.instance.pk:
            self.fields["reason"] = WhyField()
            if self.instance.certificate_name:
                self.fields["certificate"].help_text = f"Replaces {self.instance.certificate_name}."


class CorrectionForm(forms.ModelForm):
    class Meta:
        model = LotCorrection
        fields: ClassVar = ["amount_g", "reason"]
        labels: ClassVar = {"amount_g": "Correction"}
        widgets: ClassVar = {"amount_g": forms.NumberInput(attrs={"step": "any", "data-unit": "g"})}
        help_texts: ClassVar = {"reason": "Weighed back, spilt, handed to another lab."}
