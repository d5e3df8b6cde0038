"""Reads of one's own news."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.authz import Actor
from schools.clearances.selectors import own_checklist
from schools.consents.models import Consent
from schools.consents.selectors import consents_visible_to
from schools.imports.models import ImportJob
from schools.imports.selectors import jobs_visible_to
from schools.matching.models import Run
from schools.matching.selectors import rounds_visible_to
from schools.notifications.domain import ABOUT_ANSWERS, ABOUT_IMPORTS, ABOUT_PAIRS, ABOUT_RUNS, News
from schools.notifications.models import Notice
from schools.pairs.models import Pair
from schools.pairs.selectors import own_pairs
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import own_responses


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Return what the actor's own account was told, the latest first."""
    if actor.pk is None:
        return Notice.objects.none()
    return Notice.objects.filter(user=actor.pk).order_by("-at", "pk")


def unseen_for(actor: Actor) -> QuerySet[Notice]:
    """Return what the actor has not seen."""
    return notices_for(actor).filter(seen_at__isnull=True)


def pairs_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Pair]:
    """Return the pairs of some news that are still the actor's own, or his children's; at most one query."""
    keys = {row.about for row in notices if row.news in ABOUT_PAIRS}
    rows = own_pairs(actor).filter(pk__in=keys).select_related("mentor", "mentee") if keys else ()
    return {pair.pk: pair for pair in rows}


def responses_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Response]:
    """Return what some news asks the actor to answer and is still his to answer; at most one query."""
    keys = {row.about for row in notices if row.news in ABOUT_ANSWERS}
    return {row.pk: row for row in own_responses(actor).filter(pk__in=keys)} if keys else {}


def runs_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Run]:
    """Return the runs of some news, of rounds that the actor sees, with the rounds; at most one query."""
    keys = {row.about for row in notices if row.news in ABOUT_RUNS}
    rows = Run.objects.filter(pk__in=keys, round__in=rounds_visible_to(actor)).select_related("round") if keys else ()
    return {run.pk: run for run in rows}


def imports_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, ImportJob]:
    """Return the imports of some news that the actor sees; at most one query."""
    keys = {row.about for row in notices if row.news in ABOUT_IMPORTS}
    return {job.pk: job for job in jobs_visible_to(actor).filter(pk__in=keys)} if keys else {}


def consents_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, Consent]:
    """Return the consents of some news that the actor sees and that stay withdrawn, with people; at most one query."""
    keys = {row.about for row in notices if row.news == News.WITHDRAWN}
    if not keys:
        return {}
    rows = consents_visible_to(actor).filter(pk__in=keys, withdrawn_on__isnull=False).select_related("person")
    return {consent.pk: consent for consent in rows}


def papers_told_of(actor: Actor, notices: Collection[Notice]) -> dict[UUID, str]:
    """Return what the papers of some news are called, those that stand in the actor's own checklist; a few queries."""
    keys = {row.about for row in notices if row.news == News.RENEW}
    found = own_checklist(actor, timezone.localdate()) if keys else None
    lines = found.lines if found is not None else ()
    return {line.paper.pk: line.kind.title for line in lines if line.paper is not None and line.paper.pk in keys}
