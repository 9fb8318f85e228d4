"""The form of a cell."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms

from cells.assembly.models import Cell
from labdb.accounts.models import Project, User


class CellForm(forms.ModelForm):
    class Meta:
        model = Cell
        fields: ClassVar = [
            "project",
            "code",
            "format",
            "product",
            "batch_code",
            "active_mass_mg",
            "nominal_specific_capacity_mah_per_g",
            "reference_electrode",
            "note",
        ]
        help_texts: ClassVar = {
            "code": "As written on the cell.",
            "product": "What the material is called: GP-NCM, say.",
            "batch_code": "The batch that the cathode is made of.",
            "active_mass_mg": "(electrode − foil) × active fraction.",
            "nominal_specific_capacity_mah_per_g": "The specific current that is called 1 C; 190 mA/g, say.",
            "reference_electrode": "What the voltages are against.",
        }
        widgets: ClassVar = {
            "active_mass_mg": forms.NumberInput(attrs={"step": "any", "min": "0", "data-unit": "mg"}),
            "nominal_specific_capacity_mah_per_g": forms.NumberInput(
                attrs={"step": "any", "min": "0", "data-unit": "mA/g"}
            ),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = cast(forms.ModelChoiceField, self.fields["project"])
        projects.empty_label = None
        projects.queryset = Project.objects.editable_by(user)
        for name in ("product", "batch_code"):
            self.fields[name].widget.attrs["list"] = f"known-{name}"
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if self.instance.pk:
            # Files, tests and results belong to the project: a cell does not move.
            projects.disabled = True
            projects.help_text = "A cell stays in its project."
