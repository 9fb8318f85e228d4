"""The arithmetic of electrodes as the database computes it, for lists that filter and sort by it.

`cells/electrode/numbers.py` says what each number is; a test holds the two together.
"""

from __future__ import annotations

import math
from typing import Any

from django.db.models import Case, ExpressionWrapper, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from cells.electrode.arithmetic import FOIL_DENSITY_G_PER_CM3
from cells.electrode.numbers import NO_FOIL


def _float(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=FloatField())


def foil_areal_mass(prefix: str = "") -> Case:
    """mg/cm² of bare foil: as weighed, else by metal and thickness; 0 without foil."""
    by_thickness = [
        When(**{f"{prefix}foil_material": metal}, then=_float(F(f"{prefix}foil_thickness_micrometer") * (density / 10)))
        for metal, density in FOIL_DENSITY_G_PER_CM3.items()
    ]
    return Case(
        When(**{f"{prefix}foil_material": NO_FOIL}, then=Value(0.0)),
        When(**{f"{prefix}foil_areal_mass_mg_per_cm2__isnull": False}, then=F(f"{prefix}foil_areal_mass_mg_per_cm2")),
        *by_thickness,
        default=None,
        output_field=FloatField(),
    )


def with_loading(sheets: QuerySet) -> QuerySet:
    """Sheets with `loading` (mg/cm² of active material), `areal_capacity` (mAh/cm²) and `density` (g/cm³)."""
    areal = F("coating_areal_mass_mg_per_cm2")
    loading = _float(areal * F("active_fraction"))
    return sheets.annotate(
        loading=loading,
        areal_capacity=_float(loading * F("specific_capacity_mah_per_g") / 1000.0),
        density=_float(areal * 10.0 / F("coating_thickness_micrometer")),
    )


def with_masses(discs: QuerySet) -> QuerySet:
    """Discs with `coated_area` (cm²), `foil_mg`, `active_mg`, `weighed`, `loading` (mg/cm² of active material).

    A disc that weighs no more than its foil has neither active mass nor loading.
    """
    piece = Coalesce(F("area_cm2"), _float(F("diameter_mm") * F("diameter_mm") * (math.pi / 400)))
    foil_area = _float(piece * F("pieces"))
    coated = _float(foil_area * F("sheet__coated_sides"))
    foil = Coalesce(F("foil_mass_mg"), _float(foil_areal_mass("sheet__") * foil_area))
    discs = discs.annotate(coated_area=coated, foil_mg=foil)
    coating = Case(
        When(mass_mg__gt=F("foil_mg"), then=_float(F("mass_mg") - F("foil_mg"))),
        When(mass_mg__isnull=True, then=_float(F("sheet__coating_areal_mass_mg_per_cm2") * F("coated_area"))),
        default=None,
        output_field=FloatField(),
    )
    active = _float(coating * F("sheet__active_fraction"))
    return discs.annotate(
        active_mg=active,
        loading=_float(active / F("coated_area")),
        weighed=Case(When(Q(mass_mg__gt=F("foil_mg"), sheet__active_fraction__isnull=False), then=True), default=False),
    )
