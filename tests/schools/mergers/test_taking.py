"""What comes over and how it stands here: classes, orders, accounts, requests, people of both; and what stays."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.db import connection, models
from django.utils import timezone

from core.accounts.models import RoleGrant, User
from core.audit.models import AuditRecord
from core.tenancy import region, school
from schools.consents.models import Consent
from schools.imports.models import ImportJob
from schools.mergers import services as decisions
from schools.pairs.models import Order, Pair
from schools.people.duplicates import duplicate_candidates
from schools.people.errors import FaultyActError
from schools.people.merging import card_that_became_of
from schools.people.models import Enrolment, Guardianship, MergedPerson, Person, SchoolClass
from schools.questionnaires.models import Round, Template
from schools.rights.models import Destruction
from schools.rights.replaying import replay_destructions
from tenants.mergers.contents import settled, stays
from tenants.mergers.models import MergerStep
from tenants.mergers.packing import carried_tables
from tenants.registry.models import School
from tenants.tombstones.models import Tombstone
from tests.reports.support import clear
from tests.schools.makers import actor_with, make_consent, make_order, make_pair, make_person
from tests.schools.mergers.hands import agreed, asked, begun, director_of, drive, in_the_tests_transaction, merged
from tests.schools.rights.makers import make_somebody
from tests.schools.rights.test_destruction import destroyed
from tests.support.accounts import make_user, sign_in
from tests.support.world import MENTEE, SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
BORN = date(2012, 5, 5)
CAME = date(2020, 9, 1)


@pytest.fixture(autouse=True)
def _in_one_transaction(monkeypatch, settings):
    in_the_tests_transaction(monkeypatch)
    settings.MERGER_QUIET_SECONDS = 0


def counts(merger) -> dict[str, int]:
    with region():
        return MergerStep.objects.get(merger=merger, kind="taken").counts


def test_people_of_both_become_one_and_doubtful_ones_wait_for_a_person():
    with school(SCHOOL_A.schema):
        clear(SCHOOL_A)
        known = make_person("Общий Олег Олегович", BORN, room="7А", admitted=CAME)
        make_person("Двойной Иван", BORN, snils="11223344595")
        make_person("Номерной Ян", BORN, snils="00000000001")
        own_order = make_order("12-п")
    with school(SCHOOL_B.schema):
        clear(SCHOOL_B)
        same = make_person("Общий  олег Олегович", BORN, room="7А", admitted=date(2019, 9, 1), snils="99999999999")
        make_person("Двойной Иван", BORN, snils="11111111111")
        # The number says one person, nothing else does.
        make_person("Совсем Другой", date(1980, 1, 1), kinds=("teacher",), snils="00000000001")
        mentor = make_person("Учителева Анна", date(1980, 1, 1), kinds=("teacher",))
        mother = make_person("Общая Мария", date(1985, 1, 1), kinds=("parent",))
        Guardianship.objects.create(guardian=mother, ward=same, kinship="мать")
        make_consent(same, "representative", number="7")
        pair = make_pair(mentor, same, order=make_order("12-п"))
        make_pair(mentor, same, form="student-pupil", order=make_order("", None))
        job = ImportJob.objects.create(created_at=timezone.now())
    merger = merged(date(2026, 10, 1))
    told = counts(merger)
    assert (told["people"], told["joined"], told["doubtful"], told["orders_renumbered"]) == (5, 1, 1, 1)
    with school(SCHOOL_A.schema):
        card = Person.objects.get(pk=known.pk)
        assert (card.snils, card_that_became_of(same.pk)) == ("99999999999", known.pk)
        assert Person.objects.count() == 7
        # He goes on in his class here; at the other school he was until the day, with his true dates.
        rows = Enrolment.objects.filter(person=known).order_by("admitted_on")
        assert [(row.admitted_on, row.left_on, row.counts_from, row.school_class.title) for row in rows] == [
            (date(2019, 9, 1), date(2026, 10, 1), date(2026, 10, 1), "7А (sch-b)"),
            (CAME, None, None, "7А"),
        ]
        came = Pair.objects.get(pk=pair.pk)
        assert (came.mentee_id, came.starts_on, came.counts_from) == (known.pk, pair.starts_on, merger.day)
        assert (came.order.number, came.order.signed_on) == ("12-п (sch-b)", own_order.signed_on)
        assert not Order.objects.filter(number="").exclude(pairs__form_code="student-pupil").exists()
        assert Consent.objects.get(person=known).counts_from == merger.day
        assert Guardianship.objects.get(ward=known).guardian_id == mother.pk
        assert not ImportJob.objects.filter(pk=job.pk).exists()
        waiting = duplicate_candidates(actor_with("coordinator"))
        assert [item.why for item in waiting] == ["same_snils"]
        assert AuditRecord.objects.filter(action="people.merged", object_id=known.pk).count() == 1
    with school(SCHOOL_B.schema):
        # Nothing is destroyed there.
        assert Person.objects.get(pk=same.pk).enrolments.get().left_on is None
        assert ImportJob.objects.filter(pk=job.pk).exists()
    with region():
        assert School.objects.get(pk=SCHOOL_B.id).state == School.State.CLOSED


@pytest.mark.nightly
def test_rows_of_the_same_id_stay_two_rows():
    with school(SCHOOL_B.schema):
        theirs = Person.objects.get(pk=MENTEE).full_name
        pairs = Pair.objects.count()
    merged()
    with school(SCHOOL_A.schema):
        assert Person.objects.get(pk=MENTEE).full_name != theirs
        assert Person.objects.filter(surname=SCHOOL_B.surname).exclude(pk=MENTEE).exists()
        assert Pair.objects.filter(counts_from__isnull=False).count() == pairs
        for pair in Pair.objects.filter(counts_from__isnull=False).select_related("mentor", "mentee"):
            assert {pair.mentor.surname, pair.mentee.surname} == {SCHOOL_B.surname}
        titles = set(SchoolClass.objects.values_list("title", flat=True))
        assert any(title.endswith("(sch-b)") for title in titles)


def test_accounts_come_without_a_way_in_and_nobody_becomes_a_director():
    with school(SCHOOL_A.schema):
        mine = make_user("coordinator", login="ivanova", name="Иванова А.")
    with school(SCHOOL_B.schema):
        theirs = make_user("coordinator", login="ivanova", name="Иванова Б.")
        make_user("director", login="chief-b")
        make_user("coordinator", login="helper", expires_at=timezone.now() + timedelta(hours=2))
        AuditRecord.objects.create(at=timezone.now(), actor_id=theirs.pk, action="people.list_viewed")
    merged()
    with school(SCHOOL_A.schema):
        assert User.objects.get(login="ivanova").pk == mine.pk
        came = User.objects.get(login="ivanova.sch-b")
        assert (came.pk, came.name, came.has_usable_password()) == (theirs.pk, "Иванова Б.", False)
        assert list(RoleGrant.objects.filter(user=came).values_list("role", flat=True)) == ["coordinator"]
        chief = User.objects.get(login="chief-b")
        assert not RoleGrant.objects.filter(user=chief).exists()
        assert not chief.has_usable_password()
        assert not User.objects.get(login="helper").is_active
        kept = AuditRecord.objects.get(actor_id=theirs.pk, action="people.list_viewed")
        assert kept.details == {"school": "sch-b"}


def test_whoever_was_destroyed_there_stays_destroyed_here():
    with school(SCHOOL_A.schema):
        destroyed(make_person("Первый Лев", BORN), director_of(SCHOOL_A))
    with school(SCHOOL_B.schema):
        director = director_of(SCHOOL_B)
        gone = make_person("Второй Лев", BORN)
        act = destroyed(gone, director)
        # A side of a pair under an order: the card stays as a number.
        stripped = make_person("Третий Лев", BORN)
        make_pair(make_person("Учителева Анна", date(1980, 1, 1), ("teacher",)), stripped, order=make_order())
        destroyed(stripped, director)
    merged()
    with school(SCHOOL_A.schema):
        rows = {row.person_id: row.number for row in Destruction.objects.all()}
        assert (rows[gone.pk], rows[stripped.pk]) == (2, 3)
        assert Destruction.objects.get(pk=act.pk).number == 2
        assert Person.objects.get(pk=stripped.pk).full_name == "Удалённое лицо № 3"
    with region():
        buried = Tombstone.objects.filter(school_schema=SCHOOL_A.schema).order_by("number")
        assert [row.people for row in buried][1:] == [[gone.pk], [stripped.pk]]
    with school(SCHOOL_A.schema):
        make_person("Второй Лев", BORN, kinds=())
        Person.objects.filter(surname="Второй").update(id=gone.pk)
        assert replay_destructions() == 1


@pytest.mark.nightly
def test_whoever_is_destroyed_here_later_is_destroyed_in_the_closed_school_too():
    with school(SCHOOL_A.schema):
        clear(SCHOOL_A)
        kept = make_person("Общий Лев", BORN)
    with school(SCHOOL_B.schema):
        clear(SCHOOL_B)
        same, other = make_person("Общий Лев", BORN), make_person("Другой Лев", BORN)
        destroyed(make_person("Прежний Лев", BORN), director_of(SCHOOL_B))
    merged()
    assert drive() == []
    with school(SCHOOL_A.schema):
        request = destroyed(kept, director_of(SCHOOL_A))
    assert drive() == ["schools.mergers.forget"]
    with school(SCHOOL_B.schema):
        assert list(Person.objects.values_list("pk", flat=True)) == [other.pk]
        assert Destruction.objects.filter(number=request.number, state="done").exists()
        assert not Enrolment.objects.filter(person=same.pk).exists()
    assert drive() == []


def test_every_row_of_every_carried_table_comes():
    def rows() -> dict[str, int]:
        with connection.cursor() as cursor:
            found = {}
            for table in carried_tables():
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
                found[table] = cursor.fetchone()[0]
        return found

    with school(SCHOOL_B.schema):
        make_somebody()
        theirs = rows()
    with school(SCHOOL_A.schema):
        before = rows()
    merged()
    with school(SCHOOL_A.schema):
        came = {table: count - before[table] for table, count in rows().items()}
    with school(SCHOOL_B.schema):
        assert all(count <= number for count, number in zip(theirs.values(), rows().values(), strict=True))
    # The directors, who are asked here, and what is recorded on the way.
    recorded = {"accounts_user", "accounts_rolegrant", "audit_auditrecord"}
    assert {name: count for name, count in came.items() if count != theirs[name]}.keys() <= recorded
    assert len([name for name, count in came.items() if count]) >= 14


def test_cards_say_where_their_rows_come_from(client_at):
    with school(SCHOOL_A.schema):
        person = make_person("Пришлый Лев", BORN, admitted=CAME)
        pair = make_pair(make_person("Учителева Анна", date(1980, 1, 1), ("teacher",)), person, order=make_order())
        for row in (person.enrolments.get(), pair):
            row.counts_from = date(2026, 10, 1)
            row.save()
    director = sign_in(client_at, SCHOOL_A, "director")
    told = "здесь учитывается с 01.10.2026"
    assert told in director.get(f"/people/{person.pk}/").content.decode()
    assert "Из присоединённой школы" in director.get(f"/pairs/{pair.pk}/").content.decode()


def test_the_plan_is_what_is_done_and_titles_are_the_directors():
    for place in (SCHOOL_A, SCHOOL_B):
        with school(place.schema):
            clear(place)
            make_person(f"{place.surname} Анна", BORN, room="5А")
    key = asked()
    agreed(key)
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 1
        director = director_of(SCHOOL_A)
        merger = decisions.merger_for(actor=director, merger_id=key)
        assert (merger.plan_counts["people"], merger.plan_classes) == (1, {"5А": "5А (sch-b)"})
        for wrong in ({"5А": "5-а"}, {"5А": ""}, {"5А": "5" * 31}, {"6А": "6Б"}):
            with pytest.raises(FaultyActError):
                decisions.name_classes(actor=director, merger_id=key, titles=wrong)
        decisions.name_classes(actor=director, merger_id=key, titles={"5А": "5-в"})
    begun(key)
    drive()
    with school(SCHOOL_A.schema):
        assert set(SchoolClass.objects.values_list("title", flat=True)) == {"5А", "5В"}
        assert Person.objects.count() == 2


def test_every_table_is_carried_or_left_behind_and_no_key_of_both_schools_can_meet():
    with school(SCHOOL_A.schema):
        carried = carried_tables()
        assert all(table.key == ("id",) for table in carried.values())
    tenant = {name.rsplit(".", 1)[-1] for name in configured.TENANT_APPS}
    known = {model._meta.db_table: model for model in apps.get_models() if model._meta.app_label in tenant}
    assert set(stays()) <= set(known)
    for table in carried:
        needed = {field.related_model._meta.db_table for field in known[table]._meta.local_fields if field.is_relation}
        assert not needed & set(stays()), f"{table} points at what is left behind"
    loose = set()
    for table, model in known.items():
        if table not in carried:
            continue
        assert isinstance(model._meta.pk, models.UUIDField), table
        keys = [((field.name,), field.name) for field in model._meta.local_fields if field.unique]
        keys += [(one.fields, one.name) for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
        for fields, name in keys:
            # A row of the other school is told from ours by its id, and so is whatever points at one.
            if not any(_is_of_one_school(model._meta.get_field(field)) for field in fields):
                loose.add((table, name))
    assert loose == set(settled()), "say by a rule how such keys of two schools are kept apart, or leave it"


def _is_of_one_school(field: models.Field) -> bool:
    # An id alone may be the region's, which both schools hold; one that is unique by itself gets another when taken.
    is_id = isinstance(field, models.UUIDField)
    return field.is_relation or (is_id and (field.unique or field.name == "person_id"))


def test_questionnaires_of_both_stay_what_was_asked():
    of_region = UUID("00000000-0000-4000-8000-0000000000aa")
    common = {"kind": "preliminary", "role": "mentee", "created_at": timezone.now()}
    for place, items in ((SCHOOL_A, ["наш"]), (SCHOOL_B, ["их"])):
        with school(place.schema):
            Template.objects.create(code="shipped", version=1, region_version=of_region, title="Общая", **common)
            own = Template.objects.create(code="own", version=1, title=place.canary, items=items, **common)
            Round.objects.create(
                template=Template.objects.get(code="shipped"), title=place.canary, opened_at=timezone.now()
            )
    merged()
    with school(SCHOOL_A.schema):
        assert Round.objects.filter(template__code="shipped").count() == 2
        assert Template.objects.filter(code="shipped").count() == 1
        versions = Template.objects.filter(code="own").order_by("version")
        assert [(row.version, row.items, row.superseded_at is None) for row in versions] == [
            (1, ["наш"], True),
            (2, ["их"], False),
        ]
        assert versions[1].pk == own.pk


@pytest.mark.nightly
def test_who_points_at_the_card_that_is_no_more_finds_the_one_that_is():
    with school(SCHOOL_A.schema):
        clear(SCHOOL_A)
        known = make_person("Общий Олег", BORN)
        signs_in = make_user("mentor", login="vera", person_id=make_person("Общая Вера", BORN).pk)
    with school(SCHOOL_B.schema):
        clear(SCHOOL_B)
        second = make_user("mentee", login="vera", person_id=make_person("Общая Вера", BORN).pk)
        same = make_person("Общий Олег", BORN)
        twin = make_person("Общая Ольга", BORN)
        MergedPerson.objects.create(id=SCHOOL_B.id, person=same, merged_at=timezone.now())
        account = make_user("mentee", login="oleg", person_id=same.pk)
    merged()
    with school(SCHOOL_A.schema):
        assert card_that_became_of(SCHOOL_B.id) == card_that_became_of(same.pk) == known.pk
        assert User.objects.get(pk=account.pk).person_id == known.pk
        # Whoever had a login in both schools goes on under this school's, with the roles of both.
        assert set(signs_in.grants.values_list("role", flat=True)) == {"mentor", "mentee"}
        assert User.objects.get(pk=signs_in.pk).has_usable_password()
        closed = User.objects.get(pk=second.pk)
        assert (closed.person_id, closed.is_active, closed.grants.count()) == (None, False, 0)
        assert Person.objects.filter(pk=twin.pk).exists()
