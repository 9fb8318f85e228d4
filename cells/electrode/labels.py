"""What is printed on the labels of a sheet and of a disc."""

from __future__ import annotations

from cells.electrode.models import ElectrodeDisc, ElectrodeSheet
from labdb.labels.kind import LabelKind, LabelText


def of_sheet(sheet: ElectrodeSheet) -> LabelText:
    batch = f"batch {sheet.batch.code}" if sheet.batch else ""
    day = f"{sheet.made_on or sheet.created_at:%Y-%m-%d}"
    loading = sheet.numbers.areal_loading_mg_per_cm2
    active = f"{loading:.3g} mg/cm² active" if loading else ""
    return LabelText(sheet.code, (sheet.material, batch, sheet.ratio, active, day))


def of_disc(disc: ElectrodeDisc) -> LabelText:
    mass = f"{disc.size}, {disc.mass_mg:g} mg" if disc.mass_mg else disc.size
    active = f"{disc.active_mass_mg:.4g} mg active" if disc.mass_mg and disc.active_mass_mg else ""
    return LabelText(disc.code, (disc.sheet.material, mass, active))


SHEETS = LabelKind(
    "electrode", "electrodes", lambda user: ElectrodeSheet.objects.visible_to(user).select_related("batch"), of_sheet
)
DISCS = LabelKind(
    "disc",
    "electrode discs",
    lambda user: ElectrodeDisc.objects.visible_to(user).select_related("sheet__batch"),
    of_disc,
)
