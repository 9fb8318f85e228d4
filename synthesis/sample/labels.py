"""What is printed on the label of a sample."""

from __future__ import annotations

from labdb.labels.kind import LabelKind, LabelText
from synthesis.sample.models import Sample


def text(sample: Sample) -> LabelText:
    batch = sample.batch
    product = f"{batch.product} {batch.code}" if batch.product and batch.product not in batch.code else batch.code
    grams = sample.amount_g or 0.0
    amount = f"{grams / 1000:g} kg" if grams >= 1000 else f"{grams:g} g" if grams else ""
    taken = ", ".join(part for part in (f"{sample.created_at:%Y-%m-%d}", amount) if part)
    return LabelText(sample.code, (sample.where_from, f"batch {product}", taken))


SAMPLES = LabelKind("sample", "samples", lambda user: Sample.objects.visible_to(user).select_related("batch"), text)
