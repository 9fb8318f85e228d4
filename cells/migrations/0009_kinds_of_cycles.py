"""The kinds of cycles beside formation, ageing, check-up and rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cells", "0008_exclusions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cyclerow",
            name="kind",
            field=models.CharField(
                choices=[
                    ("formation", "formation"),
                    ("ageing", "ageing"),
                    ("check-up", "check-up"),
                    ("rate", "rate"),
                    ("HPPC", "HPPC"),
                    ("storage", "storage"),
                    ("CV hold", "CV hold"),
                    ("rest", "rest"),
                    ("other", "other"),
                ],
                max_length=10,
            ),
        ),
    ]
