"""Whether somebody took a consent back himself, on his own page."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("consents", "0002_merged_schools")]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="is_withdrawn_own",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="отозвал сам"),
        ),
    ]
