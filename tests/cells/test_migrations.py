"""Cells that named their batch by a text hang on a record of it after the migration."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("cells", "0002_initial"), ("synthesis", "0001_initial")]
AFTER = [("cells", "0005_remove_batch_code")]


@pytest.mark.django_db(transaction=True)
def test_cells_hang_on_the_batches_that_they_named():
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate(BEFORE)
        old = executor.loader.project_state(BEFORE).apps
        user = old.get_model("labdb", "User").objects.create(username="ada")
        project = old.get_model("labdb", "Project").objects.create(name="P")
        batches, cells = old.get_model("synthesis", "Batch").objects, old.get_model("cells", "Cell").objects
        batches.create(project=project, code="B-1", created_by=user, note="recorded before")
        for code, batch in (("C1", "B-1"), ("C2", "B-2"), ("C3", "B-2"), ("C4", "")):
            cells.create(project=project, code=code, batch_code=batch, product="GP", created_by=user)

        executor = MigrationExecutor(connection)
        executor.migrate(AFTER)
        new = executor.loader.project_state(AFTER).apps
        cells = new.get_model("cells", "Cell").objects.order_by("code")
        assert [cell.batch.code if cell.batch else None for cell in cells] == ["B-1", "B-2", "B-2", None]
        batches = new.get_model("synthesis", "Batch").objects.order_by("code")
        assert [(batch.code, batch.product) for batch in batches] == [("B-1", ""), ("B-2", "GP")]
        assert batches[0].note == "recorded before"
    finally:
        MigrationExecutor(connection).migrate(newest)
