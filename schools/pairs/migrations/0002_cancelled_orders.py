"""An order may cancel another."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("pairs", "0001_initial")]

    operations = [
        migrations.AddField(
            "order",
            "cancels",
            models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancelled_by",
                to="pairs.order",
                verbose_name="отменяет приказ",
            ),
        ),
    ]
