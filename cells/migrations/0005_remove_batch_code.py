"""The text that named a cell's batch goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cells", "0004_cells_hang_on_batches")]

    operations = [
        migrations.RemoveIndex(model_name="cell", name="cells_cell_project_bfa4fb_idx"),
        migrations.RemoveField(model_name="cell", name="batch_code"),
    ]
