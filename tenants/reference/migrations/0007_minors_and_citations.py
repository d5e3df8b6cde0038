"""Which consents are of minors alone; which papers cite an act, for whose pairs; and what is shipped of both."""

from django.db import migrations, models


def ship(apps, schema_editor):
    from tenants.reference.shipped import ACT_CITATIONS, CONSENTS_OF_MINORS, LEGAL_ACTS

    apps.get_model("reference", "ConsentKind").objects.filter(code__in=CONSENTS_OF_MINORS).update(is_of_minors=True)
    acts = apps.get_model("reference", "LegalAct").objects
    # Whatever a region has added was cited by every order on pairs until now.
    acts.exclude(code__in=[row["code"] for row in LEGAL_ACTS]).update(papers=["pairs", "changes"])
    for code, cited in ACT_CITATIONS.items():
        acts.filter(code=code).update(**cited)


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0006_clearances"),
    ]

    operations = [
        migrations.AddField(
            "consentkind",
            "is_of_minors",
            models.BooleanField(db_default=False, default=False, verbose_name="нужно только до 18 лет"),
        ),
        migrations.AddField(
            "legalact", "papers", models.JSONField(blank=True, default=list, verbose_name="где на него ссылаются")
        ),
        migrations.AddField(
            "legalact",
            "form_codes",
            models.JSONField(blank=True, default=list, verbose_name="в каких формах наставничества"),
        ),
        migrations.AddField(
            "legalact",
            "mentee_kinds",
            models.JSONField(blank=True, default=list, verbose_name="если наставляемый"),
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
