"""Who decides, who sees what is carried, and what a merger does when something dies on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.utils import timezone

from core.audit.models import AuditRecord
from core.authz import RefusedError
from core.events.models import Outbox
from core.tenancy import region, rollup, school, shared
from schools.mergers import services as decisions
from schools.mergers import taking
from schools.pairs.models import Pair
from schools.people.models import Person
from tenants.mergers.driving import _finish, advance_mergers
from tenants.mergers.errors import MergerError
from tenants.mergers.models import Merger, MergerPart, MergerPlan, MergerStep
from tenants.mergers.services import ask_for_merger, begin_merger, call_off_merger
from tenants.provisioning.services import change_state
from tenants.registry.models import School
from tenants.transfers.models import Transfer
from tests.schools.makers import actor_with
from tests.schools.mergers.hands import (
    TASKS,
    admin,
    agreed,
    asked,
    begun,
    director_of,
    drive,
    in_the_tests_transaction,
    merged,
)
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
THIRD = "s_cccccccccccc"


@pytest.fixture(autouse=True)
def _in_one_transaction(monkeypatch, settings):
    in_the_tests_transaction(monkeypatch)
    settings.MERGER_QUIET_SECONDS = 0


def state_of(key) -> str:
    with region():
        return str(Merger.objects.get(pk=key).state)


def kinds(key) -> list[str]:
    with region():
        return sorted(MergerStep.objects.filter(merger=key).values_list("kind", flat=True))


def sampled(key):
    """Let B agree and pack for the plan."""
    with school(SCHOOL_B.schema):
        decisions.agree(actor=director_of(SCHOOL_B), merger_id=key)
        taking.hand_over(key)


def test_nobody_but_the_two_schools_reads_what_is_carried():
    key = asked()
    sampled(key)
    with school(SCHOOL_A.schema), shared():
        assert MergerPart.objects.filter(merger=key).exists()
        # One that A sends to somebody else: B has the same rights, and other rows.
        MergerPart.objects.create(
            merger_id=key, school_schema=SCHOOL_A.schema, other_schema=THIRD, number=99, content=b"x"
        )
        with pytest.raises(DatabaseError, match="policy"), transaction.atomic():
            MergerStep.objects.create(
                merger_id=key,
                school_schema=SCHOOL_B.schema,
                other_schema=SCHOOL_A.schema,
                kind="taken",
                at=timezone.now(),
            )
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Merger.objects.filter(pk=key).update(state="running")
    with school(SCHOOL_B.schema), shared():
        assert not MergerPart.objects.filter(number=99).exists()
        assert not Merger.objects.exclude(pk=key).exists()
    for world in (region, rollup):
        for table in (MergerPart, MergerPlan):
            with world(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                table.objects.count()


def test_a_plan_leaves_nobody_behind():
    key = asked()
    with school(SCHOOL_A.schema):
        before = (Person.objects.count(), Pair.objects.count())
    agreed(key)
    assert kinds(key) == ["agreed", "agreed", "planned", "sampled"]
    with school(SCHOOL_A.schema):
        assert (Person.objects.count(), Pair.objects.count()) == before
        plan = decisions.merger_for(actor=director_of(SCHOOL_A), merger_id=key)
        assert plan.plan_counts["people"] == before[0]
        with shared():
            assert not MergerPart.objects.exists()
    with school(SCHOOL_B.schema):
        # The school that goes learns nothing of the other's classes.
        assert decisions.merger_for(actor=director_of(SCHOOL_B), merger_id=key).plan_counts is None
    with region():
        told = MergerStep.objects.filter(merger=key).values_list("counts", flat=True)
        assert all(set(counts) <= {"size_bytes", "sha256"} for counts in told)


def test_only_directors_decide_and_only_the_region_begins():
    with region():
        day = timezone.localdate()
        schools = {"from_id": SCHOOL_B.id, "to_id": SCHOOL_A.id}
        with pytest.raises(RefusedError):
            ask_for_merger(actor=actor_with("region_operator"), **schools, day=day, basis="5")
        boss = admin()
        for wrong in (
            {"basis": " "},
            {"day": day + timedelta(days=400)},
            {"to_id": SCHOOL_B.id},
        ):
            with pytest.raises(MergerError):
                ask_for_merger(actor=boss, **{**schools, "day": day, "basis": "5", **wrong})
    key = asked(timezone.localdate() + timedelta(days=1))
    with region(), pytest.raises(MergerError, match="уже участвует"):
        ask_for_merger(actor=boss, from_id=SCHOOL_A.id, to_id=SCHOOL_B.id, day=day, basis="5")
    with school(SCHOOL_B.schema):
        somebody = actor_with("coordinator")
        for act in (decisions.agree, decisions.decline, decisions.plan_again):
            with pytest.raises(RefusedError):
                act(actor=somebody, merger_id=key)
        with pytest.raises(Http404):
            decisions.plan_again(actor=director_of(SCHOOL_B), merger_id=key)
    with school(SCHOOL_A.schema), pytest.raises(MergerError, match="План ещё не составлен"):
        decisions.agree(actor=director_of(SCHOOL_A), merger_id=key)
    with region(), pytest.raises(MergerError, match="согласие"):
        begin_merger(actor=boss, merger_id=key)
    agreed(key)
    with region():
        with pytest.raises(MergerError, match="не наступил"):
            begin_merger(actor=boss, merger_id=key)
        Merger.objects.filter(pk=key).update(day=day)
    with school(SCHOOL_B.schema), shared():
        now = timezone.now()
        offer = Transfer.objects.create(
            from_schema=SCHOOL_B.schema, to_schema=THIRD, leaves_on=day, made_at=now, expires_at=now
        )
    with region(), pytest.raises(MergerError, match="переводы"):
        begin_merger(actor=boss, merger_id=key)
    with school(SCHOOL_B.schema), shared():
        Transfer.objects.filter(pk=offer.pk).update(state=Transfer.State.WITHDRAWN, settled_at=now)
    begun(key)
    assert state_of(key) == "running"
    with region():
        assert School.objects.get(pk=SCHOOL_B.id).state == School.State.SUSPENDED
        with pytest.raises(MergerError):
            call_off_merger(actor=boss, merger_id=key)
    with school(SCHOOL_A.schema), pytest.raises(MergerError):
        decisions.decline(actor=director_of(SCHOOL_A), merger_id=key)


@pytest.mark.parametrize(
    "point",
    ["join_people", *(pytest.param(name, marks=pytest.mark.nightly) for name in ("unpack", "_bury", "note_step"))],
)
def test_a_killed_step_is_taken_again(point, monkeypatch):
    key = asked()
    agreed(key)
    begun(key)
    with school(SCHOOL_A.schema):
        before = Person.objects.count()
    with monkeypatch.context() as patch:

        def die(*args, **kwargs):
            raise KeyboardInterrupt

        patch.setattr(taking, point, die)
        with pytest.raises(KeyboardInterrupt):
            drive()
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == before
    with region():
        Merger.objects.filter(pk=key).update(called_at=None)
    drive()
    assert state_of(key) == "done"
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 2 * before


@pytest.mark.nightly
def test_a_second_taking_changes_nothing():
    merger = merged()
    with school(SCHOOL_A.schema):
        people, acts = Person.objects.count(), AuditRecord.objects.count()
        with shared():
            assert not MergerPart.objects.exists()
        taking.take_in(merger.pk)
        taking.plan(merger.pk)
        assert (Person.objects.count(), AuditRecord.objects.count()) == (people, acts)
        assert AuditRecord.objects.filter(action="merger.taken").count() == 1
    with school(SCHOOL_B.schema):
        taking.hand_over(merger.pk)
        assert AuditRecord.objects.filter(action="merger.packed").count() == 1
    with region():
        acts = AuditRecord.objects.filter(object_id=merger.pk).order_by("at").values_list("action", flat=True)
        assert list(acts) == ["merger.asked", "merger.began", "merger.done"]


@pytest.mark.nightly
def test_a_damaged_package_is_packed_again():
    key = asked()
    sampled(key)
    with school(SCHOOL_A.schema):
        with shared():
            MergerPart.objects.filter(merger=key).delete()
        taking.plan(key)
    assert kinds(key) == ["agreed"]
    drive()
    assert kinds(key) == ["agreed", "planned", "sampled"]


def test_a_school_whose_closing_was_announced_needs_no_archive_for_it():
    key = asked()
    with region():
        now = timezone.now()
        School.objects.filter(pk=SCHOOL_B.id).update(closing_on=now.date(), closing_announced_at=now)
        _finish(Merger.objects.get(pk=key), now)
        assert School.objects.get(pk=SCHOOL_B.id).state == School.State.CLOSED


def test_a_refusal_or_a_word_of_the_region_ends_it():
    key = asked()
    sampled(key)
    with school(SCHOOL_A.schema):
        decisions.decline(actor=director_of(SCHOOL_A), merger_id=key)
        with pytest.raises(MergerError):
            decisions.agree(actor=director_of(SCHOOL_A), merger_id=key)
    drive()
    assert state_of(key) == "declined"
    with school(SCHOOL_B.schema), shared():
        assert not MergerPart.objects.exists()
    key = asked()
    with region():
        call_off_merger(actor=admin(), merger_id=key)
        call_off_merger(actor=admin(), merger_id=key)
    assert drive() == []
    assert state_of(key) == "called_off"


@pytest.mark.nightly
def test_the_school_works_again_and_nothing_was_merged():
    key = asked()
    agreed(key)
    begun(key)
    with school(SCHOOL_B.schema):
        taking.hand_over(key)
    with region():
        change_state(actor="test", school_id=SCHOOL_B.id, state=School.State.READY)
    advance_mergers(TASKS)
    assert state_of(key) == "asked"
    assert "packed" not in kinds(key)
    begun(key)
    drive()
    assert state_of(key) == "done"


@pytest.mark.nightly
def test_it_waits_for_tasks_of_the_school_that_goes(settings):
    key = asked()
    agreed(key)
    with region():
        begin_merger(actor=admin(), merger_id=key)
        Outbox.objects.all().delete()
        now = timezone.now()
        Outbox.objects.create(
            school_schema=SCHOOL_B.schema,
            task="schools.imports.apply",
            created_at=now,
            next_attempt_at=now,
            sent_at=now,
        )
    assert drive() == []
    with region():
        Outbox.objects.all().delete()
    settings.MERGER_QUIET_SECONDS = 60
    assert drive() == []
    settings.MERGER_QUIET_SECONDS = 0
    assert len(drive()) == 2


def test_the_cards_show_what_is_to_decide(client_at):
    key = asked()
    boss, goes = sign_in(client_at, "region", "region_admin"), sign_in(client_at, SCHOOL_B, "director")
    told = boss.get(f"/mergers/{key}/").content.decode()
    assert "Нужно согласие директоров обеих школ" in told
    assert f"/mergers/{key}/begin/" not in told
    assert "Согласиться на объединение" in goes.get(f"/mergers/{key}/").content.decode()


@pytest.mark.nightly
def test_the_pages_lead_from_the_proposal_to_the_end(client_at):
    boss = sign_in(client_at, "region", "region_admin")
    goes, takes = (sign_in(client_at, place, "director") for place in (SCHOOL_B, SCHOOL_A))
    told = {"from_id": SCHOOL_B.id, "to_id": SCHOOL_A.id, "day": f"{timezone.localdate():%d.%m.%Y}", "basis": "№ 5"}
    assert boss.post("/mergers/new/", {**told, "to_id": SCHOOL_B.id}).status_code == 200
    card = boss.post("/mergers/new/", told)["Location"]
    assert "Регион предлагает объединить школы" in goes.get("/").content.decode()
    assert goes.get(card).status_code == 200
    assert goes.post(f"{card}agree/", follow=True).status_code == 200
    assert "составляется" in takes.get(card).content.decode()
    drive()
    page = takes.get(card).content.decode()
    assert "План: что будет принято" in page
    assert takes.post(card, {"class_0": ""}).status_code == 200
    takes.post(f"{card}agree/")
    assert "Что произойдёт" in boss.get(f"{card}begin/").content.decode()
    assert boss.post(f"{card}begin/").status_code == 302
    with region():
        Outbox.objects.all().delete()
    drive()
    assert "Что принято" in boss.get(card).content.decode()
    assert "выполнено" in takes.get("/mergers/").content.decode()
    assert goes.get("/").status_code == 404


def test_somebody_of_another_role_sees_no_proposal(client_at):
    asked()
    with school(SCHOOL_A.schema):
        make_user("director", login="chief")
    page = sign_in(client_at, SCHOOL_A, "coordinator").get("/").content.decode()
    assert "предлагает объединить" not in page
