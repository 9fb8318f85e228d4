"""What is printed on the label of a batch."""

from __future__ import annotations

from labdb.labels.kind import LabelKind, LabelText
from synthesis.batch.models import Batch


def text(batch: Batch) -> LabelText:
    made = f"{batch.started_on:%Y-%m-%d}" if batch.started_on else ""
    product = batch.product if batch.product != batch.code else ""
    return LabelText(
        batch.code,
        (product, ", ".join(part for part in (batch.scale, made, batch.operator) if part), str(batch.project)),
    )


BATCHES = LabelKind("batch", "batches", lambda user: Batch.objects.visible_to(user).select_related("project"), text)
