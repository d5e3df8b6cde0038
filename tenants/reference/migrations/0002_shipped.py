"""Ships the first version of the reference data. Keys follow from the codes: every installation has the same ones."""

import uuid

from django.db import migrations

_NAMESPACE = uuid.UUID("5b0c5b7e-2f0f-4d57-9d7e-0d6a1c6f4c11")


def _key(model: str, code: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, f"{model}/{code}/1")


def ship(apps, schema_editor):
    from tenants.reference import shipped

    def make(model, rows):
        table = apps.get_model("reference", model)
        table.objects.bulk_create([table(id=_key(model, row["code"]), version=1, **row) for row in rows])

    make("Form", shipped.FORMS)
    make(
        "RoleVariant",
        [
            {"code": f"{form}-{number}", "form_code": form, "title": title}
            for form, titles in shipped.ROLE_VARIANTS.items()
            for number, title in enumerate(titles, start=1)
        ],
    )
    make("ConsentKind", shipped.CONSENT_KINDS)
    make("Definition", shipped.DEFINITIONS)
    make(
        "Target",
        [
            {"code": f"{definition}-{year}", "definition_code": definition, "year": year, "percent": percent}
            for definition, years in shipped.TARGETS.items()
            for year, percent in years.items()
        ],
    )
    make("LegalAct", shipped.LEGAL_ACTS)


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_initial")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
