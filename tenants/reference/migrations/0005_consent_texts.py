"""The texts of the consent documents, and what is shipped of them."""

from django.db import migrations, models


def ship(apps, schema_editor):
    from tenants.reference.shipped_consents import CONSENT_TEXTS

    table = apps.get_model("reference", "ConsentKind")
    for code, texts in CONSENT_TEXTS.items():
        table.objects.filter(code=code).update(**texts)


def text(words):
    return models.TextField(blank=True, db_default="", default="", max_length=3000, verbose_name=words)


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0004_questionnaires"),
    ]

    operations = [
        migrations.AddField(
            "consentkind",
            "heading",
            models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="заголовок документа"),
        ),
        migrations.AddField("consentkind", "purpose", text("цель")),
        migrations.AddField("consentkind", "data_list", text("перечень данных")),
        migrations.AddField("consentkind", "processor", text("кто обрабатывает по поручению школы")),
        migrations.AddField("consentkind", "actions", text("действия и способы обработки")),
        migrations.AddField("consentkind", "term", text("срок")),
        migrations.AddField("consentkind", "withdrawal", text("порядок отзыва")),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
