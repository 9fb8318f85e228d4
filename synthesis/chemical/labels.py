"""What is printed on the label of a lot."""

from __future__ import annotations

from labdb.labels.kind import LabelKind, LabelText
from synthesis.chemical.models import Lot


def text(lot: Lot) -> LabelText:
    expires = f"expires {lot.expires_on:%Y-%m-%d}" if lot.expires_on else ""
    received = f"received {lot.received_on:%Y-%m-%d}"
    assay = f"assay {lot.assay_percent:g} %"
    return LabelText(
        lot.number,
        (lot.chemical.name, lot.chemical.substance.text, assay, expires or received, lot.supplier),
    )


# Lots belong to the whole lab.
LOTS = LabelKind("lot", "lots", lambda user: Lot.objects.select_related("chemical"), text, code_field="number")
