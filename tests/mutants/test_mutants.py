"""P6: the isolation tests can see. Each mutant is a copy of the project with one lock taken out; the tests must fail.

``python3 run.py test -m mutants``. A mutant whose text is no longer found in the source fails too: a stale mutant
proves nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("platform", "tenants", "schools", "regional_bank", "reports", "tests", "deploy")


@dataclass(frozen=True)
class Mutant:
    """One seeded defect: in ``file`` the text ``old`` becomes ``new``; ``tests`` must notice."""

    file: str
    old: str
    new: str
    tests: str


MUTANTS = {
    "the role is not taken": Mutant(
        "platform/core/tenancy/backend/base.py",
        'f\'SET ROLE "{context.role}"; SET search_path',
        "f'SET search_path",
        "tests/core/tenancy/test_door.py",
    ),
    "the region stands in a school's path": Mutant(
        "platform/core/tenancy/backend/base.py",
        'SET search_path = "{context.schema}", "{EXTENSION_SCHEMA}"; \'',
        'SET search_path = "{context.schema}", "region", "{EXTENSION_SCHEMA}"; \'',
        "tests/core/tenancy/test_door.py",
    ),
    "the session is not brought into the context": Mutant(
        "platform/core/tenancy/backend/connection.py",
        "if self.door_applied == wanted or",
        "if self.door_applied is not None or",
        "tests/core/tenancy/test_door.py",
    ),
    "a rollback is not noticed": Mutant(
        "platform/core/tenancy/backend/connection.py",
        "            super().rollback()\n        finally:\n            self.door_applied = None",
        "            super().rollback()\n        finally:\n            pass",
        "tests/core/tenancy/test_door.py tests/isolation/test_sequences.py",
    ),
    "a rollback to a savepoint is not noticed": Mutant(
        "platform/core/tenancy/backend/base.py",
        "            self.connection.door_applied = None",
        "            pass",
        "tests/core/tenancy/test_door.py tests/isolation/test_sequences.py",
    ),
    "a commit of a failed transaction passes": Mutant(
        "platform/core/tenancy/backend/connection.py",
        "if self.pgconn.transaction_status == TransactionStatus.INERROR:\n            self.rollback()",
        "if False:\n            self.rollback()",
        "tests/core/tenancy/test_door.py",
    ),
    "the simple protocol": Mutant(
        "platform/core/tenancy/backend/connection.py",
        "super()._execute_send(query, force_extended=True, binary=binary)",
        "super()._execute_send(query, force_extended=force_extended, binary=binary)",
        "tests/core/tenancy/test_door.py tests/isolation/test_injection.py",
    ),
    "querysets forget where they were made": Mutant(
        "platform/core/tenancy/stamps.py",
        "if made_in is not None and (context is None or context.stamp != made_in):",
        "if False:",
        "tests/core/tenancy/test_door.py",
    ),
    "objects forget where they were loaded": Mutant(
        "platform/core/tenancy/stamps.py",
        "if stamp is not None and (context is None or context.stamp != stamp):",
        "if False:",
        "tests/core/tenancy/test_door.py",
    ),
    "a new object brings its relations from elsewhere": Mutant(
        "platform/core/tenancy/stamps.py",
        "        if isinstance(related, Model):\n            check_instance(related)",
        "        pass",
        "tests/core/tenancy/test_door.py",
    ),
    "an open cursor is read elsewhere": Mutant(
        "platform/core/tenancy/backend/connection.py",
        "if wanted is not None and self._opened_in != wanted():",
        "if False:",
        "tests/core/tenancy/test_door.py",
    ),
    "cache keys without a context": Mutant(
        "platform/core/tenancy/cache.py",
        'return f"{require().stamp}:{key_prefix}:{version}:{key}"',
        'return f"{key_prefix}:{version}:{key}"',
        "tests/isolation/test_sequences.py",
    ),
    "one salt for all schools": Mutant(
        "platform/core/tenancy/signing.py",
        'return TimestampSigner(salt=f"{require().stamp}:{purpose}")',
        "return TimestampSigner(salt=purpose)",
        "tests/isolation/test_sequences.py",
    ),
    "a task without its school": Mutant(
        "platform/core/tenancy/tasks.py",
        "if not isinstance(name, str) or not is_school_schema(name):",
        "if False:",
        "tests/isolation/test_tasks.py",
    ),
    "the region may enter schools": Mutant(
        "platform/core/tenancy/grants.py",
        'sql.SQL("GRANT USAGE ON SCHEMA {} TO {}, rollup")',
        'sql.SQL("GRANT USAGE ON SCHEMA {} TO {}, rollup, region")',
        "tests/isolation/test_privileges.py",
    ),
    "the host does not decide the school": Mutant(
        "tenants/registry/routing.py",
        ".filter(domain=code, tenant__state=School.State.READY)",
        ".filter(tenant__state=School.State.READY)",
        "tests/isolation/test_hosts.py",
    ),
    "a host answers in another school's world": Mutant(
        "platform/config/middleware.py",
        "settings.SCHOOL_URLCONF, school(route.schema_name))",
        'settings.SCHOOL_URLCONF, school("s_bbbbbbbbbbbb"))',
        "tests/isolation/test_hosts.py",
    ),
    "a suspended school answers": Mutant(
        "tenants/registry/routing.py",
        ".filter(domain=code, tenant__state=School.State.READY)",
        ".filter(domain=code)",
        "tests/isolation/test_hosts.py",
    ),
    "a session is not asked for its world": Mutant(
        "platform/core/accounts/middleware.py",
        "if not session.is_empty() and session.get(WORLD_KEY) != require().stamp:",
        "if False:",
        "tests/isolation/test_hosts.py",
    ),
    "tokens of all schools alike": Mutant(
        "platform/core/tenancy/signing.py",
        'return f"{require().stamp}:account-token"',
        'return "account-token"',
        "tests/isolation/test_hosts.py",
    ),
    "a selector shows everybody": Mutant(
        "schools/people/selectors.py",
        "        return people\n    conditions = Q(pk__in=())",
        "        return people\n    conditions = Q()",
        "tests/schools/people",
    ),
    "a view without its policy": Mutant(
        "platform/core/authz/views.py",
        "    if policy.kind is PolicyKind.REQUIRES:\n        enforce(can(*policy.permissions)(actor))",
        "    if policy.kind is PolicyKind.REQUIRES:\n        pass",
        "tests/permissions",
    ),
    "nobody takes part in his own pairs": Mutant(
        "schools/pairs/selectors.py",
        'if not actor.reach("participation.view").own or actor.person_id is None:',
        "if True:",
        "tests/permissions/test_matrix.py::test_matrix[school-mentor]",
    ),
    "a workbook shows somebody of another school": Mutant(
        "schools/pairs/export.py",
        'write_workbook([Table(_("Пары"), columns, rows)])',
        'write_workbook([Table("Канарейкаббб", columns, rows)])',
        "tests/permissions/test_matrix.py::test_matrix[school-director]",
    ),
    "an endpoint of the API without its policy": Mutant(
        "platform/core/api/operations.py",
        '        ask(self.policy.of(request.method or ""), actor)\n',
        "",
        "tests/permissions",
    ),
    "one token for all hosts": Mutant(
        "platform/core/accounts/services/tokens.py",
        'salted_hmac(f"core.accounts.token:{require().stamp}", secret',
        'salted_hmac("core.accounts.token", secret',
        "tests/core/api/test_tokens.py",
    ),
    "a token has all roles of its owner": Mutant(
        "platform/core/accounts/authentication.py",
        "actor = narrowed(load_actor(token.user), pairs, token.permissions)",
        "actor = load_actor(token.user)",
        "tests/core/api/test_tokens.py",
    ),
    "kept answers of one sender for all": Mutant(
        "platform/core/api/idempotency.py",
        "row = KeptAnswer.objects.filter(sender=sender, route=route, key=key).first()",
        "row = KeptAnswer.objects.filter(route=route, key=key).first()",
        "tests/core/api/test_requests.py",
    ),
    "a district sees its neighbour": Mutant(
        "reports/dashboards/policies.py",
        "str(district_id) in reach.values(DISTRICT)",
        "True",
        "tests/reports/dashboards tests/permissions",
    ),
    "the audit may be rewritten": Mutant(
        "platform/config/rights.py",
        '    school_own={\n        "django_migrations": _READ,\n        "audit_auditrecord": _APPEND,',
        '    school_own={\n        "django_migrations": _READ,\n        "audit_auditrecord": _ALL,',
        "tests/isolation/test_privileges.py",
    ),
    "a school writes another's marks": Mutant(
        "platform/core/tenancy/grants.py",
        "USING ({own}) WITH CHECK ({own})",
        "USING ({own}) WITH CHECK (true)",
        "tests/isolation/test_privileges.py",
    ),
    "the region reads the cards of transfers": Mutant(
        "platform/config/rights.py",
        '        "transfers_transfercard": "",\n',
        "",
        "tests/tenants/transfers/test_rows.py",
    ),
    "a third school sees transfers": Mutant(
        "platform/core/tenancy/grants.py",
        'own=sql.SQL(" OR ").join(tests)',
        'own=sql.SQL(" OR ").join(tests if len(tests) == 1 else [sql.SQL("true")])',
        "tests/tenants/transfers/test_rows.py",
    ),
    "the old school decides for the new one": Mutant(
        "schools/people/receiving.py",
        "    if held is None or not held.is_incoming:",
        "    if held is None:",
        "tests/schools/people/test_transfers.py",
    ),
    "a decided transfer is decided again": Mutant(
        "schools/people/receiving.py",
        "    if not held.is_open or held.card is None:",
        "    if held.card is None:",
        "tests/schools/people/test_transfers.py",
    ),
    "the region reads the packages of mergers": Mutant(
        "platform/config/rights.py",
        '        "mergers_mergerpart": "",\n',
        "",
        "tests/schools/mergers/test_steps.py",
    ),
    "a merged school counts in the past": Mutant(
        "schools/mergers/rules.py",
        '        row["counts_from"] = taking.day.isoformat()',
        '        row["counts_from"] = row["counts_from"]',
        "tests/schools/mergers/test_figures.py",
    ),
    "a merger makes a director": Mutant(
        "tenants/mergers/accounts.py",
        'if row["role"] != "director"',
        "if row",
        "tests/schools/mergers/test_taking.py",
    ),
    "the destroyed come back by a merger": Mutant(
        "schools/mergers/taking.py",
        "    _bury(package.tombstones(), taking)\n",
        "",
        "tests/schools/mergers/test_taking.py",
    ),
    "a school is taken in without its director": Mutant(
        "tenants/mergers/services.py",
        "    if not agreed <= steps or",
        "    if",
        "tests/schools/mergers/test_steps.py",
    ),
    "a personal link opens the same sheet in every school": Mutant(
        "schools/questionnaires/links.py",
        'purpose = f"schools.questionnaires.link:{require().stamp}"',
        'purpose = "schools.questionnaires.link"',
        "tests/schools/questionnaires/test_links.py",
    ),
    "a personal link shows what another browser wrote": Mutant(
        "schools/questionnaires/answering_views.py",
        'is_mine = row.channel == Response.Channel.LINK and known["kept"] == row.revision',
        "is_mine = True",
        "tests/schools/questionnaires/test_links.py",
    ),
    "a mentor opens the link of his mentee": Mutant(
        "schools/questionnaires/links.py",
        "    if reader is not None and selectors.is_of_partner(reader, row):",
        "    if False:",
        "tests/schools/questionnaires/test_links.py",
    ),
    "a director prints what his mentee confided": Mutant(
        "schools/rights/printing.py",
        "    if why and holding.is_confidence:",
        "    if False:",
        "tests/schools/rights/test_confidences.py",
    ),
    "a mentee's printout shows a mentor's note about him": Mutant(
        "schools/rights/holdings/meetings.py",
        "    return str(HIDDEN) if meeting.note and _is_about(meeting, subject) else meeting.note",
        "    return meeting.note",
        "tests/schools/rights/test_confidences.py",
    ),
    "a mentor who leads the round reads what mentees said of him": Mutant(
        "schools/matching/discretion.py",
        "    return Discretion(me if is_mentor else",
        "    return NOBODY if me else Discretion(me if is_mentor else",
        "tests/schools/matching/test_discretion.py",
    ),
    "a mentor reads that his mentee is uncomfortable": Mutant(
        "schools/participants/selectors.py",
        'return rows.exclude(is_near(actor, "pair__"))',
        "return rows.exclude(pk__in=())",
        "tests/schools/participants/test_concerns.py",
    ),
    "a mentee reads the note about himself": Mutant(
        "schools/meetings/selectors.py",
        "    return not Pair.objects.filter(unit, mentee=actor.person_id).exists()",
        "    return unit is not None",
        "tests/schools/meetings/test_services.py",
    ),
    "a curator reads papers of mentors of other forms": Mutant(
        "schools/clearances/selectors.py",
        "    kinds = set().union(*sides) & _OUTSIDE",
        "    kinds = set(_OUTSIDE)",
        "tests/schools/clearances/test_services.py",
    ),
    "a scan is given to whoever has its number": Mutant(
        "schools/papers/attachments.py",
        "    PLACES[kind].find(actor, _owner_id(found, kind))\n",
        "",
        "tests/schools/papers/test_attachments.py",
    ),
    "news tells a mentor that somebody is uncomfortable": Mutant(
        "schools/notifications/telling.py",
        "if actor.pk is not None and concerns_to_answer(actor).filter(pk=concern).exists()",
        "if actor.pk is not None and concern is not None",
        "tests/schools/notifications/test_telling.py",
    ),
    "a questionnaire goes on asking who withdrew": Mutant(
        "schools/questionnaires/selectors.py",
        ' | has_left_off(timezone.localdate(), "person")',
        "",
        "tests/schools/questionnaires/test_withdrawn.py",
    ),
}


def _copy(folder: Path) -> None:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "uv.lock", "run.py"):
        shutil.copy(ROOT / name, folder)


def _run(folder: Path, tests: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "PYTHONPATH": f"{folder / 'platform'}{os.pathsep}{folder}",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "CHECK_PART": "all",
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", *tests.split()],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_no_mutant_is_stale() -> None:
    """By day: what a mutant changes is still there, so that by night each of them is one."""
    assert [name for name, mutant in MUTANTS.items() if mutant.old not in (ROOT / mutant.file).read_text()] == []


@pytest.mark.mutants
def test_the_original_passes(tmp_path: Path) -> None:
    """Without this, a broken copy would kill every mutant."""
    _copy(tmp_path)
    tests = " ".join(sorted({name for mutant in MUTANTS.values() for name in mutant.tests.split()}))
    result = _run(tmp_path, tests)
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.mutants
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_killed(tmp_path: Path, name: str) -> None:
    mutant = MUTANTS[name]
    _copy(tmp_path)
    path = tmp_path / mutant.file
    source = path.read_text()
    assert mutant.old in source, "a stale mutant"
    path.write_text(source.replace(mutant.old, mutant.new))
    result = _run(tmp_path, mutant.tests)
    # 1: tests ran and failed. A collection error (2), no test (5) or a fixture that could not be set up would be no
    # kill: what breaks the whole suite is seen without a test of isolation.
    assert result.returncode == 1, f"survived: {name}\n{result.stdout[-2000:]}{result.stderr[-500:]}"
    assert re.search(r"\b[1-9]\d* failed", result.stdout), result.stdout[-2000:]
