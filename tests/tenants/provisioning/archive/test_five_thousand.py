"""P17: a school of five thousand people is archived, dropped and restored while another school works."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from core.tenancy import region, school
from schools.imports.models import ImportFile, ImportJob
from schools.people.models import Person, SchoolClass
from schools.people.rekeying import rekey_people
from tenants.provisioning.archive.asking import archive_to_file
from tenants.provisioning.fingerprint import catalogue_facts
from tenants.provisioning.services import create_school
from tenants.registry.models import School
from tests.support.seeds import NOW, seed_all
from tests.support.world import SCHOOL_B
from tests.tenants.provisioning.archive.test_restore import hashes_of, manage
from tests.tenants.provisioning.migrator import as_migrator

PEOPLE = 5000

# People, each enrolled; every tenth with a consent, half in pairs under one order.
_FILL = (
    """
    INSERT INTO pairs_order (id, number, signed_on, created_at)
    SELECT '00000000-0000-4000-8000-000000000003'::uuid, '1-н', date '2026-09-10', now() WHERE %(n)s > 0
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
           '00000000-0000-4000-8000-000000000003', now()
      FROM generate_series(1, %(n)s - 1, 2) n
    """,
)


class Work(threading.Thread):
    """Work of another school: it goes on writing and reading until told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()
        with school(SCHOOL_B.schema):
            self.people = Person.objects.count()
        self.acts, self.slowest, self.faults = 0, 0.0, []

    def run(self) -> None:
        """Add a class, count the people, take the class away."""
        try:
            while not self.over.is_set():
                begun = time.monotonic()
                with school(SCHOOL_B.schema):
                    made = SchoolClass.objects.create(title=f"Проверка {self.acts}")
                    assert Person.objects.count() == self.people
                    made.delete()
                self.slowest = max(self.slowest, time.monotonic() - begun)
                self.acts += 1
                time.sleep(0.02)
        except Exception as error:  # noqa: BLE001  told by the test
            self.faults.append(repr(error))
        finally:
            connection.close()


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_a_school_of_five_thousand_comes_back_equal(tmp_path, forget_roles, client_at):
    seed_all()
    with region():
        schema = create_school(actor="test", code="large", title="Большая", district=None).schema_name
    forget_roles(schema)
    assert as_migrator("platform/manage.py", "provision_pending").returncode == 0
    with school(schema), connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, {"n": PEOPLE})
        job = ImportJob.objects.create(created_at=NOW)
        for number in range(3):
            content = bytes(range(256)) * 4000 + bytes([number])
            ImportFile.objects.create(job=job, name=f"{number}.xlsx", sha256=f"{number}", size_bytes=1, content=content)
        rekey_people()
    others = hashes_of(SCHOOL_B.schema)
    with region():
        facts = catalogue_facts(schema)
    path, work = tmp_path / "a.zip", Work()
    work.start()
    begun = time.monotonic()
    written = archive_to_file(code="large", target=path, actor="test")
    took_writing = time.monotonic() - begun
    before, keys = hashes_of(schema), keys_of(schema)
    with region():
        School.objects.filter(code="large").update(state=School.State.CLOSED)
    dropped = manage("drop_school", "large", "--yes")
    begun = time.monotonic()
    restored = manage("restore_school", str(path))
    took = time.monotonic() - begun
    work.over.set()
    work.join()
    assert (dropped.returncode, restored.returncode) == (0, 0), dropped.stderr + restored.stderr
    assert (work.faults, work.acts > 20) == ([], True)
    after = hashes_of(schema)
    assert {name for name in before if before[name] != after[name]} == {"audit_auditrecord"}
    assert keys_of(schema) == keys
    with region():
        assert catalogue_facts(schema) == facts
    with school(schema):
        assert sorted(len(bytes(row.content)) for row in ImportFile.objects.filter(job=job)) == [1_024_001] * 3
    assert hashes_of(SCHOOL_B.schema) == others
    assert client_at("large").get("/").status_code == 302
    rows = sum(entry.rows for entry in written.manifest.tables)
    assert rows > 2.5 * PEOPLE
    print(
        f"{rows} rows, {written.size_bytes} bytes: written in {took_writing:.1f} s, restored in {took:.1f} s; "
        f"meanwhile {work.acts} acts of another school, the slowest {work.slowest:.2f} s"
    )


def keys_of(schema: str) -> set[tuple[str, str]]:
    with school(schema):
        return set(Person.objects.values_list("pk", "name_key", "snils_key"))
