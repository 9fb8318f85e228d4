"""What was measured in the lineage of a batch: one node a technique, which counts its measurements."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.urls import reverse

from characterization.measurement.models import SampleMeasurement
from labdb.accounts.models import User
from labdb.ingest.installed import techniques
from synthesis.batch.models import Batch
from synthesis.lineage.genealogy import Branch, key_of
from synthesis.lineage.layout import Edge, Node


def measurements(batches: Sequence[Batch], user: User) -> Branch:
    """Techniques by which these batches, their samples and their cells were measured. One query."""
    rows = SampleMeasurement.objects.visible_to(user).of_batches([batch.pk for batch in batches])
    counted = (
        rows.annotate(of=Coalesce("batch_id", "cell__batch_id"))
        .values("of", "technique")
        .annotate(count=Count("pk"))
        .order_by("of", "technique")
    )
    labels = {of.name: of.label for of in techniques()}
    codes = {batch.pk: batch.code for batch in batches}
    nodes, edges = [], []
    for row in counted:
        key = ("measurement", row["of"], row["technique"])
        query = urlencode({"q": codes[row["of"]], "technique": row["technique"]})
        detail = "1 measurement" if row["count"] == 1 else f"{row['count']} measurements"
        label = labels.get(row["technique"], row["technique"])
        nodes.append(Node(key, "measurement", label, f"{reverse('measurement-list')}?{query}", detail))
        edges.append(Edge(key_of(row["of"]), key))
    return Branch(nodes, edges)
