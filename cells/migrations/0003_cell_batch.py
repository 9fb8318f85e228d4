"""Cells can hang on a batch."""

import django.db.models.deletion
from django.db import migrations, models


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
    ]
