"""Cells named their batch by a text; now they hang on it. A batch that nobody recorded becomes one with a code alone.

Rows move in a migration of their own: PostgreSQL does not change a table whose rows the same transaction has changed.
"""

from django.db import migrations


def hang_on_batches(apps, schema_editor):
    Cell = apps.get_model("cells", "Cell")
    Batch = apps.get_model("synthesis", "Batch")
    named = Cell.objects.exclude(batch_code="")
    for project, code in named.values_list("project_id", "batch_code").distinct():
        cells = named.filter(project_id=project, batch_code=code)
        first = cells.order_by("pk").first()
        batch, _ = Batch.objects.get_or_create(
            project_id=project,
            code=code,
            defaults={
                "product": first.product,
                "simulated": first.simulated,
                "created_by_id": first.created_by_id,
                "note": "Made when cells came to hang on batches; how it was made is not recorded.",
            },
        )
        cells.update(batch=batch)


def name_batches(apps, schema_editor):
    Cell = apps.get_model("cells", "Cell")
    for cell in Cell.objects.exclude(batch=None).select_related("batch"):
        cell.batch_code = cell.batch.code
        cell.save(update_fields=["batch_code"])


class Migration(migrations.Migration):
    dependencies = [("cells", "0003_cell_batch")]

    operations = [migrations.RunPython(hang_on_batches, name_batches)]
