"""The linter of migrations: this release only adds, and each way of taking away is caught."""

from __future__ import annotations

import uuid
from functools import cache

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import call_command
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tenants.provisioning.linter import check_migration, findings, newest


@cache
def state() -> ProjectState:
    return MigrationLoader(None, ignore_no_migrations=True).project_state()


def check(*operations, app="consents", **attributes) -> list[str]:
    kind = type("Migration", (migrations.Migration,), {"operations": list(operations), **attributes})
    return [finding.rule for finding in check_migration(kind("0099_more", app), state())]


def invent(apps, editor):
    for row in apps.get_model("consents", "Consent").objects.all():
        (lambda: row.save(number=uuid.uuid4()))()


def copy(apps, editor):
    for row in apps.get_model("consents", "Consent").objects.all():
        row.save(number=row.kind)


def add(name: str, field: models.Field) -> migrations.AddField:
    return migrations.AddField("consent", name, field)


def alter(name: str, field: models.Field) -> migrations.AlterField:
    return migrations.AlterField("consent", name, field)


def sql(text) -> migrations.RunSQL:
    return migrations.RunSQL(text)


INDEX = models.Index(fields=["given_on"], name="by_day")
CHECK = models.CheckConstraint(condition=models.Q(number__gt=""), name="numbered")
UNIQUE = models.UniqueConstraint(fields=["number"], name="one_number")
NOTE = migrations.CreateModel("Note", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())])


def test_this_release_only_adds(capsys):
    assert findings() == []
    call_command("lint_migrations")
    assert capsys.readouterr().out == ""


def test_only_what_came_after_the_release_is_looked_at():
    assert findings(newest()) == []
    found = findings({"imports": "0003_remembered_layouts"})
    assert [(one.migration, one.rule) for one in found][:1] == [("imports.0004_undo", "no-default")]
    assert findings({"imports": "0004_undo"}) == []


def test_a_release_writes_down_where_each_app_stands(capsys):
    call_command("lint_migrations", "--released")
    printed = capsys.readouterr().out
    assert '"imports": "' in printed
    # What the region's schema holds is migrated under the older web too.
    assert '"rollup": "' in printed
    assert '"registry": "' in printed
    assert '"account"' not in printed


@pytest.mark.parametrize(
    ("rule", "operation"),
    [
        ("column-gone", migrations.RemoveField("consent", "number")),
        ("column-gone", migrations.RenameField("consent", "number", "digits")),
        ("table-gone", migrations.DeleteModel("Consent")),
        ("table-gone", migrations.RenameModel("Consent", "Agreement")),
        ("table-gone", migrations.AlterModelTable("Consent", "agreement")),
        ("no-default", add("remark", models.CharField(max_length=9, default=""))),
        ("no-default", add("remark", models.IntegerField())),
        ("invented", add("remark", models.UUIDField(default=uuid.uuid4, db_default=uuid.UUID(int=0)))),
        ("type", alter("number", models.IntegerField())),
        ("type", alter("number", models.CharField(max_length=1))),
        ("not-null", alter("valid_until", models.DateField())),
        ("invented", migrations.RunPython(invent)),
        ("sql", sql("ALTER TABLE consents_consent DROP COLUMN number")),
        ("sql", sql("ALTER TABLE consents_consent ALTER COLUMN number TYPE text")),
        ("sql", sql(["SELECT 1", "ALTER TABLE consents_consent ALTER number SET\nNOT NULL"])),
        ("constraint", migrations.AddConstraint("consent", CHECK)),
        ("constraint", migrations.AddConstraint("consent", UNIQUE)),
        ("constraint", migrations.AlterUniqueTogether("consent", {("person", "number")})),
        ("constraint", alter("number", models.CharField(max_length=60, unique=True))),
        ("constraint", add("place", models.IntegerField(db_default=1, unique=True))),
        ("constraint", sql("ALTER TABLE consents_consent ADD CONSTRAINT c CHECK (number > '')")),
        ("constraint", sql([("ALTER TABLE ONLY consents_consent ADD UNIQUE (number)", None)])),
        ("constraint", sql("ALTER TABLE consents_consent ADD c int, ADD FOREIGN KEY (c) REFERENCES people_person")),
        ("no-default", sql("ALTER TABLE consents_consent ADD COLUMN remark text NOT NULL")),
        (
            "no-default",
            sql('ALTER TABLE IF EXISTS "x"."consents_consent" ADD a int, ADD remark numeric(9, 2) not null'),
        ),
        ("no-default", sql("ALTER TABLE consents_consent ADD remark text NOT NULL -- DEFAULT 1\n")),
        ("index", migrations.AddIndex("consent", INDEX)),
        ("index", alter("number", models.CharField(max_length=60, db_index=True))),
        ("index", sql("CREATE UNIQUE INDEX IF NOT EXISTS by_day ON consents_consent (given_on)")),
        ("column-gone", migrations.SeparateDatabaseAndState([migrations.RemoveField("consent", "number")])),
    ],
)
def test_each_breach_is_caught_and_can_be_excused(rule, operation):
    assert check(operation) == [rule]
    assert check(operation, contract={rule: "nothing has used it since the last release"}) == []


@pytest.mark.parametrize(
    "operation",
    [
        add("remark", models.CharField(max_length=9, default="", db_default="")),
        add("remark", models.CharField(max_length=9, null=True)),
        add("people", models.ManyToManyField("people.Person")),
        alter("number", models.CharField(max_length=500)),
        NOTE,
        AddIndexConcurrently("consent", INDEX),
        AddConstraintNotValid("consent", CHECK),
        sql("ALTER TABLE consents_consent ADD CONSTRAINT c CHECK (number > '') NOT VALID"),
        sql("ALTER TABLE consents_consent VALIDATE CONSTRAINT c"),
        sql("ALTER TABLE consents_consent ADD COLUMN a text NOT NULL DEFAULT '', ADD COLUMN b numeric(9, 2)"),
        sql("ALTER TABLE consents_consent ADD CONSTRAINT c UNIQUE USING INDEX by_number"),
        sql("CREATE INDEX CONCURRENTLY by_day ON consents_consent (given_on)"),
        sql("CREATE TABLE more (a int); CREATE INDEX more_a ON more (a); ALTER TABLE more ADD b int NOT NULL UNIQUE"),
        migrations.RunPython(copy),
        migrations.RunSQL("UPDATE consents_consent SET number = kind"),
    ],
)
def test_what_only_adds_is_allowed(operation):
    assert check(operation) == []


def test_the_regions_apps_are_looked_at_as_well():
    before = {"rollup": "0001_initial"}
    index = models.Index(fields=["from_schema"], name="by_former_school")
    assert check(migrations.AddIndex("merger", index), app="mergers") == ["index"]
    assert {one.migration.partition(".")[0] for one in findings(before)} <= {"rollup"}
    assert {"rollup", "registry", "reference", "mergers", "events"} <= set(newest())


def test_a_table_of_the_same_migration_may_be_changed_at_will():
    assert check(NOTE, migrations.AddField("note", "more", models.IntegerField(default=0))) == []
    unique = migrations.AlterUniqueTogether("note", {("id", "text")})
    assert check(NOTE, unique, migrations.AddIndex("note", models.Index(fields=["text"], name="by_text"))) == []
    # A column that is called like the table is none of it.
    assert check(NOTE, add("note", models.IntegerField())) == ["no-default"]


def test_an_exemption_that_excuses_nothing_is_a_finding():
    assert check(NOTE, contract={"type": "longer numbers"}) == ["type"]
