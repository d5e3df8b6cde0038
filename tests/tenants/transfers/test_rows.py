"""Who reads and writes a transfer and its card: the two schools, by row policies, and no column too many."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.events.models import Outbox
from core.tenancy import region, rollup, school, shared
from schools.people.tasks import settle_release_task, tell_of_offer_task
from tenants.registry.models import School
from tenants.transfers.models import Place, Transfer, TransferCard
from tenants.transfers.selectors import offers_to_us, other_schools
from tenants.transfers.services import call_schools, forget_old_transfers, offer_transfer
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 1)
SECRET = "Тайнов Тихон Тимофеевич"
CARD = {"surname": SECRET, "name": "", "patronymic": "", "birth_date": "2013-01-02"}
THIRD = "s_cccccccccccc"


def offered() -> UUID:
    """Offer a pupil from A to B."""
    with school(SCHOOL_A.schema):
        made = offer_transfer(to_code=SCHOOL_B.code, leaves_on=DAY, card=CARD)
    assert made is not None
    assert made[1] == SCHOOL_B.title
    return made[0]


def stored(from_schema: str, to_schema: str) -> Transfer:
    now = timezone.now()
    return Transfer(
        from_schema=from_schema, to_schema=to_schema, leaves_on=DAY, made_at=now, expires_at=now + timedelta(days=30)
    )


def test_both_schools_read_the_card_and_nobody_else_does():
    key = offered()
    for place in (SCHOOL_A, SCHOOL_B):
        with school(place.schema), shared():
            assert TransferCard.objects.get(pk=key).payload["surname"] == SECRET
            assert Transfer.objects.filter(pk=key).count() == 1
    with school(SCHOOL_B.schema):
        assert [offer.id for offer in offers_to_us()] == [key]
    with school(SCHOOL_A.schema):
        assert offers_to_us() == []
        assert offers_to_us([key]) == []
    # A third school: the same rights, other rows.
    with school(SCHOOL_A.schema), shared():
        foreign = stored(SCHOOL_A.schema, THIRD)
        foreign.save(force_insert=True)
        TransferCard.objects.create(transfer=foreign, from_schema=SCHOOL_A.schema, to_schema=THIRD, payload=CARD)
    with school(SCHOOL_B.schema), shared():
        assert not Transfer.objects.filter(pk=foreign.pk).exists()
        assert not TransferCard.objects.filter(pk=foreign.pk).exists()
        assert Transfer.objects.filter(pk=foreign.pk).update(state="accepted") == 0
        assert TransferCard.objects.filter(pk=foreign.pk).delete()[0] == 0


@pytest.mark.parametrize("opener", [region, rollup])
def test_neither_the_region_nor_the_rollup_reads_a_card(opener):
    offered()
    with opener():
        for act in (
            lambda: list(TransferCard.objects.values_list("payload")),
            lambda: TransferCard.objects.count(),
            lambda: TransferCard.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                act()
    with region():
        assert Transfer.objects.get().state == Transfer.State.OFFERED
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Transfer.objects.update(state="accepted")


def test_a_school_offers_in_its_own_name_and_changes_nobody_s_sides():
    key = offered()
    with school(SCHOOL_B.schema), shared():
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            stored(SCHOOL_A.schema, SCHOOL_B.schema).save(force_insert=True)
        for values in ({"from_schema": SCHOOL_B.schema}, {"to_schema": THIRD}, {"leaves_on": DAY}):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Transfer.objects.filter(pk=key).update(**values)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            TransferCard.objects.filter(pk=key).update(payload={})
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Transfer.objects.filter(pk=key).delete()
        assert Transfer.objects.filter(pk=key).update(state="declined") == 1


def test_only_working_schools_are_found_and_never_one_s_own():
    with school(SCHOOL_A.schema):
        assert [(row.code, row.title) for row in other_schools("школа б")] == [(SCHOOL_B.code, SCHOOL_B.title)]
        assert other_schools("sch-a") == []
        assert other_schools("  ") == []
        assert offer_transfer(to_code=SCHOOL_A.code, leaves_on=DAY, card=CARD) is None
    with region():
        School.objects.filter(pk=SCHOOL_B.id).update(state=School.State.SUSPENDED)
    with school(SCHOOL_A.schema):
        assert other_schools("школа б") == []
        assert offer_transfer(to_code=SCHOOL_B.code, leaves_on=DAY, card=CARD) is None
        with shared(), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            list(School.objects.values_list("title"))
        with shared(), pytest.raises(DatabaseError), transaction.atomic():
            Place.objects.update(title="x")


def asked(task=settle_release_task) -> list[tuple[str, str]]:
    with region():
        call_schools(settle=settle_release_task, tell=tell_of_offer_task)
        rows = Outbox.objects.filter(task=task.name).order_by("created_at")
        return list(rows.values_list("school_schema", "payload__transfer_id"))


def test_the_old_school_is_called_once_when_there_is_something_to_take_note_of():
    waits, decided, over = offered(), offered(), offered()
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with school(SCHOOL_B.schema), shared():
        Transfer.objects.filter(pk=decided).update(state="accepted")
    with school(SCHOOL_A.schema), shared():
        Transfer.objects.create(
            id=uuid4(), from_schema=SCHOOL_A.schema, to_schema=SCHOOL_B.schema, leaves_on=DAY, made_at=long_ago,
            expires_at=long_ago, state="withdrawn", settled_at=long_ago,
        )  # fmt: skip
        gone = stored(SCHOOL_A.schema, SCHOOL_B.schema)
        gone.expires_at = long_ago
        gone.save(force_insert=True)
    expected = {(SCHOOL_A.schema, str(decided)), (SCHOOL_A.schema, str(gone.pk))}
    assert set(asked()) == expected
    assert len(asked()) == 2
    assert not {str(waits), str(over)} & {key for _schema, key in asked()}


def test_the_new_school_is_called_once_of_an_offer_and_the_old_one_at_once_of_the_decision():
    key, withdrawn = offered(), offered()
    with school(SCHOOL_A.schema), shared():
        Transfer.objects.filter(pk=withdrawn).update(state="withdrawn", decided_at=timezone.now())
    with region():
        School.objects.filter(pk=SCHOOL_B.id).update(state=School.State.SUSPENDED)
    assert asked(tell_of_offer_task) == []
    with region():
        School.objects.filter(pk=SCHOOL_B.id).update(state=School.State.READY)
    assert asked(tell_of_offer_task) == asked(tell_of_offer_task) == [(SCHOOL_B.schema, str(key))]
    assert asked() == []
    with school(SCHOOL_B.schema), shared():
        Transfer.objects.filter(pk=key).update(state="accepted", decided_at=timezone.now())
    assert asked() == asked() == [(SCHOOL_A.schema, str(key))]
    assert len(asked(tell_of_offer_task)) == 1


def test_a_transfer_is_forgotten_a_year_after_it_was_settled_and_not_before():
    open_one, fresh, old = offered(), offered(), offered()
    now = timezone.now()
    with school(SCHOOL_A.schema), shared():
        TransferCard.objects.filter(pk__in=(fresh, old)).delete()
        for key, days in ((fresh, 364), (old, 366)):
            Transfer.objects.filter(pk=key).update(state="accepted", settled_at=now - timedelta(days=days))
    with region():
        assert forget_old_transfers() == 1
        assert set(Transfer.objects.values_list("pk", flat=True)) == {open_one, fresh}


def test_a_card_whose_time_is_over_is_ended_by_the_new_school_when_the_old_one_works_no_more():
    with school(SCHOOL_A.schema), shared():
        gone = stored(SCHOOL_A.schema, SCHOOL_B.schema)
        gone.expires_at = datetime(2020, 1, 1, tzinfo=UTC)
        gone.save(force_insert=True)
    with region():
        School.objects.filter(pk=SCHOOL_A.id).update(state=School.State.CLOSED)
    assert asked() == [(SCHOOL_B.schema, str(gone.pk))]
