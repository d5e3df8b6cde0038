"""Expand → migrate → contract: what a release may not do to a schema while older code still serves.

During an update schools of two versions are served by one code, and one school by two codes; the region's schema is
migrated under the older web as well. So a release only adds; what is taken away goes in a later one, when nothing uses
it any more. Nor does it hold a table of unknown size locked while it is read: constraints and indexes come in the ways
that let others write. An exemption is an attribute of the migration, from the rule to the reason:
``contract = {"column-gone": "unused since 0.3"}``, ``{"index": "some thousand rows in a school: milliseconds"}``; the
latter keeps a migration in the fleet's batches, which one outside transactions leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

from tenants.provisioning.linted_sql import broken_by_sql

# Values that are the same for every row and school whenever they are asked for.
_PLAIN: Final = (dict, list, str, int, bool, float, tuple, set)
# Names by which code comes by a value that another school, or another run, would not get.
_INVENTING: Final = frozenset(
    (
        "uuid1", "uuid4", "now", "today", "time", "random", "randint", "choice", "token_bytes", "token_hex",
        "token_urlsafe", "urandom", "get_random_string", "make_password",
    )
)  # fmt: skip
EXEMPTION: Final = "contract"
_OWN: Final = ("core.", "tenants.", "regional_bank.", "schools.", "reports.")
_LOCKED: Final = "the table is read under a lock, and older code may write what it refuses"
_BUILT: Final = "nobody writes there while the index is built: AddIndexConcurrently, or say why the table is small"

# The last migration of each app that a release has had; written at a release from ``lint_migrations --released``.
RELEASED: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a migration does that a release may not: its place, a stable rule, and words for who wrote it."""

    migration: str
    rule: str
    words: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.rule}: {self.words}"


def findings(released: Mapping[str, str] = RELEASED) -> list[Finding]:
    """Return what the project's migrations since the last release do against the rule, exemptions left out.

    An app that no release has had may change as it likes; third parties' migrations are not ours to change.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True)
    done = {key for app, name in released.items() for key in loader.graph.forwards_plan((app, name))}
    found: list[Finding] = []
    state = ProjectState(real_apps=loader.unmigrated_apps)
    for migration in _plan(loader):
        if migration.app_label in released and (migration.app_label, migration.name) not in done:
            found += check_migration(migration, state)
        migration.mutate_state(state, preserve=False)
    return found


def newest() -> dict[str, str]:
    """Return the last migration of each of the project's apps: what ``RELEASED`` becomes at a release."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {app: name for app, name in sorted(loader.graph.leaf_nodes()) if app in _own_apps()}


def _plan(loader: MigrationLoader) -> list[Migration]:
    seen: dict[tuple[str, str], Migration] = {}
    for leaf in loader.graph.leaf_nodes():
        for key in loader.graph.forwards_plan(leaf):
            seen.setdefault(key, loader.graph.nodes[key])
    return list(seen.values())


def _own_apps() -> set[str]:
    return {
        config.label
        for config in apps.get_app_configs()
        if config.name in {*settings.TENANT_APPS, *settings.SHARED_APPS} and config.name.startswith(_OWN)
    }


def check_migration(migration: Migration, before: ProjectState) -> list[Finding]:
    """Return what one migration does against the rule, given the state it begins in.

    An exemption names rules; one that excuses nothing is itself a finding, so that none goes stale.
    """
    exempt = dict(getattr(migration, EXEMPTION, {}))
    name = f"{migration.app_label}.{migration.name}"
    state = before.clone()
    made: set[str] = set()
    used: set[str] = set()
    found = []
    for operation in migration.operations:
        for rule, words in _broken(operation, state, migration.app_label, made):
            used.add(rule)
            if rule not in exempt:
                found.append(Finding(name, rule, words))
        if isinstance(operation, ops.CreateModel):
            made.add(operation.name_lower)
        operation.state_forwards(migration.app_label, state)
    found += [Finding(name, rule, "this exemption excuses nothing") for rule in exempt if rule not in used]
    return found


def _broken(operation: Operation, state: ProjectState, app: str, made: set[str]) -> Iterator[tuple[str, str]]:
    """Give (rule, words) for what an operation breaks; a table of the same migration may be changed at will."""
    if getattr(operation, "model_name_lower", getattr(operation, "name_lower", "")) in made:
        return
    match operation:
        case ops.DeleteModel() | ops.RenameModel():
            yield "table-gone", f"{operation.describe()}: older code still reads the table"
        case ops.AlterModelTable():
            yield "table-gone", f"{operation.describe()}: older code still reads the table"
        case ops.RemoveField() | ops.RenameField():
            yield "column-gone", f"{operation.describe()}: older code still reads the column"
        case ops.AddField():
            yield from _added(operation.field, operation)
        case ops.AlterField():
            after = state.clone()
            operation.state_forwards(app, after)
            fields = [
                of.apps.get_model(app, operation.model_name)._meta.get_field(operation.name) for of in (state, after)
            ]
            yield from _altered(fields[0], fields[1], operation)
        case ops.AddIndex() | ops.AddConstraint() | ops.AlterUniqueTogether():
            yield from _locking(operation, state, app)
        case ops.RunPython():
            code: Any = operation.code
            if names := _INVENTING & _names(code.__code__):
                yield "invented", f"{code.__name__} uses {', '.join(sorted(names))}: take values from the row"
        case ops.RunSQL():
            yield from broken_by_sql(operation.sql)
        case ops.SeparateDatabaseAndState():
            for inner in operation.database_operations:
                yield from _broken(inner, state, app, made)


def _locking(operation: Operation, state: ProjectState, app: str) -> Iterator[tuple[str, str]]:
    """Give (rule, words) for an index or a constraint that keeps others out of the table while it comes."""
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid():
            return
        case ops.AddIndex():
            yield "index", f"{operation.describe()}: {_BUILT}"
        case ops.AddConstraint():
            yield "constraint", f"{operation.describe()}: {_LOCKED}; a check goes by AddConstraintNotValid"
        case ops.AlterUniqueTogether():
            before = state.models[app, operation.name_lower].options.get("unique_together", ())
            if set(operation.option_value or ()) - set(before):
                yield "constraint", f"{operation.describe()}: {_LOCKED}"


def _names(code: CodeType) -> set[str]:
    """Return the names that a function uses, functions inside it included."""
    inner = (one for one in code.co_consts if isinstance(one, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _added(field: models.Field[Any, Any], operation: Operation) -> Iterator[tuple[str, str]]:
    if field.many_to_many or field.null:
        return
    if field.db_default is NOT_PROVIDED:
        yield "no-default", f"{operation.describe()}: older code inserts without it; give db_default or null"
    if field.has_default() and callable(field.default) and field.default not in _PLAIN:
        yield "invented", f"{operation.describe()}: {field.default!r} is asked once for all rows of all schools"
    if field.unique:
        yield "constraint", f"{operation.describe()}: older code writes the same default into every row"


def _altered(
    before: models.Field[Any, Any], after: models.Field[Any, Any], operation: Operation
) -> Iterator[tuple[str, str]]:
    was, now = before.db_parameters(connection)["type"], after.db_parameters(connection)["type"]
    if was != now and not _is_wider(before, after):
        yield "type", f"{operation.describe()}: from {was} to {now}"
    if before.null and not after.null:
        yield "not-null", f"{operation.describe()}: older code still writes nothing there"
    if _constrains(before, after):
        yield "constraint", f"{operation.describe()}: {_LOCKED}"
    elif getattr(after, "db_index", False) and not getattr(before, "db_index", False) and not before.unique:
        yield "index", f"{operation.describe()}: {_BUILT}"


def _constrains(before: models.Field[Any, Any], after: models.Field[Any, Any]) -> bool:
    """Tell whether a column becomes unique, refers to another table, or is checked otherwise than it was."""
    was, now = (field.db_parameters(connection).get("check") for field in (before, after))
    refers = [bool(field.remote_field and getattr(field, "db_constraint", False)) for field in (before, after)]
    return (after.unique and not before.unique) or bool(now and now != was) or refers == [False, True]


def _is_wider(before: models.Field[Any, Any], after: models.Field[Any, Any]) -> bool:
    """Tell whether a text only grows longer, which PostgreSQL does without touching rows."""
    if not (isinstance(before, models.CharField) and isinstance(after, models.CharField)):
        return False
    return after.max_length is None or (before.max_length is not None and after.max_length >= before.max_length)
