"""The order that recorded the end of a pair."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pairs", "0004_life"),
    ]

    operations = [
        migrations.AddField(
            "pair",
            "ended_by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="endings",
                to="pairs.order",
                verbose_name="завершена приказом",
            ),
        ),
    ]
