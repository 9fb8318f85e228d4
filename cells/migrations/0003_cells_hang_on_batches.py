"""Cells named their batch by a text; now they hang on it. A batch that nobody recorded becomes one with a code alone."""

import django.db.models.deletion
from django.db import migrations, models


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
    dependencies = [("cells", "0002_initial"), ("synthesis", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="cell",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                help_text="The batch that the cathode is made of.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cells",
                to="synthesis.batch",
            ),
        ),
        migrations.RunPython(hang_on_batches, name_batches),
        migrations.RemoveIndex(model_name="cell", name="cells_cell_project_bfa4fb_idx"),
        migrations.RemoveField(model_name="cell", name="batch_code"),
    ]
