"""P17: a school of five thousand people is archived, dropped and restored while two other schools work."""

from __future__ import annotations

import threading
import time
from uuid import UUID, uuid4

import pytest
from django.db import connection
from psycopg import sql

from core.tenancy import region, school
from schools.imports.models import FeedPolicy, ImportFile, ImportJob, RememberedLayout
from schools.pairs.models import Group, Pair
from schools.papers.models import Attachment, Requisites
from schools.people.models import Person, SchoolClass
from schools.people.rekeying import rekey_people
from tenants.provisioning.archive.asking import archive_to_file
from tenants.provisioning.archive.tables import archived_tables
from tenants.provisioning.fingerprint import catalogue_facts
from tenants.provisioning.services import create_school
from tenants.registry.models import School
from tests.schools.rights.makers import make_somebody
from tests.support.seeds import NOW, seed_all, seed_one_more
from tests.support.template import _seed_school
from tests.support.world import SCHOOL_B, TestSchool
from tests.tenants.provisioning.archive.contents_of import files_of, hashes_of
from tests.tenants.provisioning.archive.test_restore import manage
from tests.tenants.provisioning.migrator import as_migrator

PEOPLE = 5000
# Every table that a school can fill gets as many rows as its unique keys allow, up to this.
COPIES = 200
HANDS = 2

# People, each enrolled; every tenth with a consent, half in pairs under one order.
_FILL = (
    """
    INSERT INTO pairs_order (id, number, signed_on, created_at)
    SELECT md5('order')::uuid, '1-н', date '2026-09-10', now() WHERE %(n)s > 0
    """,
    """
    INSERT INTO people_person (id, surname, name, patronymic, folded_name, birth_date, sex, snils, name_key, snils_key,
     phone, email, created_at, updated_at)
    SELECT md5('p' || n)::uuid, 'Иванов', 'Имя ' || n, '', 'иванов имя ' || n, date '2010-01-01' + n %% 2000,
           '', '', '', '', '', '', now(), now()
      FROM generate_series(1, %(n)s) n
    """,
    """
    INSERT INTO people_enrolment (id, person_id, kind, post, admitted_on)
    SELECT md5('e' || n)::uuid, md5('p' || n)::uuid, 'pupil', E'\r\n"с, запятой"', '2026-09-01'
      FROM generate_series(1, %(n)s) n
    """,
    """
    INSERT INTO consents_consent (id, person_id, kind, signer, signer_kinship, number, given_on, created_at)
    SELECT md5('c' || n)::uuid, md5('p' || n)::uuid, 'processing', 'representative', 'мать', '', '2026-09-02', now()
      FROM generate_series(1, %(n)s, 10) n
    """,
    """
    INSERT INTO pairs_pair (id, mentor_id, mentee_id, form_code, role_variant, starts_on, order_id, created_at)
    SELECT md5('r' || n)::uuid, md5('p' || n)::uuid, md5('p' || n + 1)::uuid, 'pupil-pupil', '', '2026-09-15',
           md5('order')::uuid, now()
      FROM generate_series(1, %(n)s - 1, 2) n
    """,
)


class Work(threading.Thread):
    """One of the hands at work in another school: it goes on writing and reading until told to stop."""

    def __init__(self, schema: str, hand: int) -> None:
        super().__init__()
        self.schema, self.hand = schema, hand
        self.over = threading.Event()
        with school(schema):
            self.people = Person.objects.count()
        self.acts, self.slowest, self.faults = 0, 0.0, []
        self.kept: set[UUID] = set()

    def run(self) -> None:
        """Add a class, change it, count the people; every fifth class stays, the others go."""
        try:
            while not self.over.is_set():
                begun = time.monotonic()
                with school(self.schema):
                    made = SchoolClass.objects.create(title=f"Проверка {self.hand} {self.acts}")
                    assert SchoolClass.objects.filter(pk=made.pk).update(letter="Я") == 1
                    assert Person.objects.count() == self.people
                    if self.acts % 5:
                        made.delete()
                    else:
                        self.kept.add(made.pk)
                self.slowest = max(self.slowest, time.monotonic() - begun)
                self.acts += 1
                time.sleep(0.05)
        except Exception as error:  # noqa: BLE001  told by the test
            self.faults.append(repr(error))
        finally:
            connection.close()


def new_schools(forget_roles, *codes: str) -> dict[str, TestSchool]:
    """Make schools by the provisioner, each with the template's people."""
    made = {}
    for code in codes:
        with region():
            schema = create_school(actor="test", code=code, title=f"Школа {code}", district=None).schema_name
        forget_roles(schema)
        made[code] = TestSchool(uuid4(), code, schema, f"Школа {code}", f"канарейка{code}", f"Фамилия{code}")
    assert as_migrator("platform/manage.py", "provision_pending").returncode == 0
    for place in made.values():
        _seed_school(place)
    return made


def fill(place: TestSchool) -> None:
    """Give a school five thousand people and something in every table: scans, meetings, answers, papers, accounts."""
    with school(place.schema):
        make_somebody()
    seed_one_more(place)
    with school(place.schema), connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, {"n": PEOPLE})
        content = bytes(range(256)) * 4000
        for number in range(3):
            job = ImportJob.objects.create(created_at=NOW)
            file = {"job": job, "size_bytes": len(content) + 1, "content": content + bytes([number])}
            ImportFile.objects.create(name=f"{number}.xlsx", sha256=f"{number}", **file)
        scan = {"media": "application/pdf", "size_bytes": len(content), "content": content, "added_at": NOW}
        Attachment.objects.create(consent_id=_first(cursor, "consents_consent"), **scan)
        FeedPolicy.objects.create(is_automatic=True)
        Requisites.objects.create(full_name="Школа «Большая», с запятой", address="1-й проезд\nд. 2")
        RememberedLayout.objects.create(headings_key="k", kind="pupils", columns={"full_name": 0}, used_at=NOW)
        Pair.objects.filter(pk=_first(cursor, "pairs_pair")).update(group=Group.objects.create(title="Группа"))
        for table in archived_tables():
            if table.key == ("id",) and ("id", "uuid") in table.columns:
                _multiply(cursor, table.name)
        rekey_people()


def _first(cursor, table: str) -> UUID:
    cursor.execute(f"SELECT min(id::text)::uuid FROM {table}")
    return cursor.fetchone()[0]


def _multiply(cursor, table: str) -> None:
    """Copy the rows of a small table under new ids; what its unique keys refuse is left out."""
    name = sql.Identifier(table)
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(name))
    there = cursor.fetchone()[0]
    if 0 < there < COPIES:
        copies = sql.SQL(
            "INSERT INTO {0} SELECT (jsonb_populate_record(x, jsonb_build_object('id', gen_random_uuid()))).*"
            " FROM {0} x CROSS JOIN generate_series(1, {1}) WHERE x.id IN (SELECT id FROM {0} ORDER BY id LIMIT 5)"
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute(copies.format(name, sql.Literal(COPIES // min(there, 5))))


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_a_school_of_five_thousand_comes_back_equal(tmp_path, forget_roles, client_at):
    seed_all()
    made = new_schools(forget_roles, "large", "beside")
    schema, beside = made["large"].schema, (SCHOOL_B.schema, made["beside"].schema)
    fill(made["large"])
    others = {name: hashes_of(name) for name in beside}
    with region():
        facts = catalogue_facts(schema)
    hands = [Work(name, hand) for name in beside for hand in range(HANDS)]
    path = tmp_path / "a.zip"
    for hand in hands:
        hand.start()
    begun = time.monotonic()
    written = archive_to_file(code="large", target=path, actor="test")
    took_writing = time.monotonic() - begun
    before, keys, files = hashes_of(schema), keys_of(schema), files_of(schema)
    # A table that nothing has filled would be equal whatever the archive did with it.
    assert [name for name, (rows, _) in before.items() if not rows] == []
    with region():
        School.objects.filter(code="large").update(state=School.State.CLOSED)
    dropped = manage("drop_school", "large", "--yes")
    begun = time.monotonic()
    restored = manage("restore_school", str(path))
    took = time.monotonic() - begun
    for hand in hands:
        hand.over.set()
        hand.join()
    assert (dropped.returncode, restored.returncode) == (0, 0), dropped.stderr + restored.stderr
    assert [hand.faults for hand in hands] == [[]] * len(hands)
    assert min(hand.acts for hand in hands) > 20
    after = hashes_of(schema)
    assert {name for name in before if before[name] != after[name]} == {"audit_auditrecord"}
    assert keys_of(schema) == keys
    assert files_of(schema) == files
    assert sum(len(content) > 1_000_000 for content in files.values()) >= 4
    with region():
        assert catalogue_facts(schema) == facts
    for name in beside:
        _only_the_kept_classes_are_new(name, others[name], hands)
    assert client_at("large").get("/").status_code == 302
    rows = sum(entry.rows for entry in written.manifest.tables)
    assert rows > 2.5 * PEOPLE
    print(
        f"{rows} rows of {len(before)} tables, none empty, {len(files)} files, {written.size_bytes} bytes: written in "
        f"{took_writing:.1f} s, restored in {took:.1f} s; meanwhile {sum(hand.acts for hand in hands)} acts of "
        f"{len(hands)} hands in two other schools, the slowest {max(hand.slowest for hand in hands):.2f} s"
    )


def _only_the_kept_classes_are_new(schema: str, before: dict[str, tuple[int, str]], hands: list[Work]) -> None:
    """Nothing that was written beside is lost, and nothing else has changed there."""
    kept = set().union(*(hand.kept for hand in hands if hand.schema == schema))
    now = hashes_of(schema)
    assert {name for name in before if now[name] != before[name]} == {"people_schoolclass"}
    assert now["people_schoolclass"][0] == before["people_schoolclass"][0] + len(kept)
    with school(schema):
        assert SchoolClass.objects.filter(pk__in=kept, letter="Я").count() == len(kept)


def keys_of(schema: str) -> set[tuple[str, str]]:
    with school(schema):
        return set(Person.objects.values_list("pk", "name_key", "snils_key"))
