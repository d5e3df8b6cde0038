"""Who has lost the pair that a round gave him waits again, also when that round is closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from core.events.catalogue import Event
from schools.matching.domain.proposals import LIVE
from schools.matching.models import Candidate, Proposal, Round
from schools.matching.waiting_people import ENDS_AS_MEANT
from schools.pairs.models import Pair


def wait_after_an_end(event: Event) -> None:
    """Let the mentee of a pair that is ended wait from the day after its last one, in the same transaction.

    A programme that was completed leaves nobody waiting; nor does a pair whose planned last day simply passes.
    """
    if event.kind.name != "pair.ended":
        return
    pair = Pair.objects.select_related("order").filter(pk=UUID(str(event.data["pair"]))).first()
    if pair is None or pair.ends_on is None or pair.end_code in ENDS_AS_MEANT:
        return
    has_acted = pair.order is not None and pair.order.is_complete
    _wait(pair, pair.ends_on + timedelta(days=1), is_another_wait=has_acted)


def wait_after_a_draft(pair: Pair) -> None:
    """Let the mentee of a draft that is about to be deleted wait from today; who waited before goes on since then."""
    _wait(pair, timezone.localdate(), is_another_wait=False)


def _wait(pair: Pair, since: date, *, is_another_wait: bool) -> None:
    """Let a mentee wait in the latest round of the form that was published; nobody but him is touched.

    Not who has another pair of the form then, drafts included, who is asked about one, nor who left that round.

    :param is_another_wait: the pair was in force: what was waited for before it is over, with its mark of support.
    """
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=since)
    others = Pair.objects.filter(going_on, form_code=pair.form_code, mentee=pair.mentee_id).exclude(pk=pair.pk)
    mine = Candidate.objects.filter(person=pair.mentee_id, side=Candidate.Side.MENTEE, round__form_code=pair.form_code)
    asked = Proposal.objects.filter(mentee=OuterRef("pk"), state__in=LIVE)
    published = mine.exclude(round__state=Round.State.OPEN).annotate(is_asked=Exists(asked)).select_related("round")
    row = published.order_by(F("round__published_at").desc(nulls_last=True), "-round__created_at", "pk").first()
    if row is None or row.out_at is not None or row.is_asked or others.exists():
        return
    begun = timezone.localtime(row.round.published_at).date() if row.round.published_at else since
    changed: dict[str, Any] = {"partner": None, "group": None}
    if row.waiting_since is None or (is_another_wait and begun <= since):
        changed["waiting_since"] = max(since, begun)
        if row.waiting_since is None or row.waiting_since <= pair.starts_on:
            changed["has_support"] = False
    Candidate.objects.filter(pk=row.pk).update(**changed)
