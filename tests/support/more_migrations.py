"""Apps with more migrations than they have: packages that take an app's own migrations over and add some."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.database import ROOT

_TAKEN = """from importlib import import_module

Migration = import_module("{package}.migrations.{name}").Migration
"""

_ADDED = """from django.db import migrations, models
{head}

class Migration(migrations.Migration):
    dependencies = [("{app}", "{after}")]
    operations = [{operations}]
"""

COLUMN = 'migrations.AddField("consent", "remark", models.CharField(max_length=40, default="", db_default=""))'
INDEX = 'migrations.AddIndex("consent", models.Index(fields=["given_on"], name="consent_by_day"))'
TABLE = 'migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())])'
# A step in sets, as steps over a whole school are to be written, and one row by row.
SET_STEP = """
from django.db.models.functions import Upper

def number(apps, editor):
    Consent = apps.get_model("consents", "Consent")
    Consent.objects.filter(remark="").update(remark=Upper("kind"))

"""
STEP = """
def upper(apps, editor):
    Consent = apps.get_model("consents", "Consent")
    for row in Consent.objects.all():
        row.number = f"{row.number}-{row.pk.hex[:4]}"
        row.save(update_fields=["number"])

"""


def write_more(folder: Path, name: str, **added: tuple[str, str]) -> dict[str, str]:
    """Write a package of the consents' migrations and more; return the variables under which it is used.

    ``added`` goes from a migration's name to (code above the class, its operations), in order.
    """
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    after = ""
    for path in sorted((ROOT / "schools/consents/migrations").glob("0*.py")):
        after = path.stem
        (package / path.name).write_text(_TAKEN.format(package="schools.consents", name=after))
    for number, (slug, (head, operations)) in enumerate(added.items(), start=int(after[:4]) + 1):
        text = _ADDED.format(head=head, app="consents", after=after, operations=operations)
        after = f"{number:04d}_{slug}"
        (package / f"{after}.py").write_text(text)
    return {
        "TEST_MIGRATION_MODULES": f"consents:{name}",
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "platform"), str(ROOT)]),
    }
