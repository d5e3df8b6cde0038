"""Consents and pairs; an order's number and date are the school's own and stay."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schools.clearances.models import Clearance, ClearanceRules
from schools.consents.models import Consent
from schools.pairs.models import Group, Order, Pair, PartnerRequest
from schools.pairs.substitutes import end_substitutes
from schools.rights.models import Destruction
from schools.rights.registry import Holding, Subject, register_exempt, register_holdings
from schools.training.models import Training


def consents_of(subject: Subject) -> QuerySet[Consent]:
    """Return the consents of a person."""
    return Consent.objects.filter(person=subject.person).order_by("given_on", "pk")


def pairs_of(subject: Subject) -> QuerySet[Pair]:
    """Return the pairs in which a person is or was, drafts included."""
    sides = Q(mentor=subject.person) | Q(mentee=subject.person)
    return Pair.objects.filter(sides).select_related("mentor", "mentee", "group", "order", "replaces").order_by("pk")


def begun_under_order(rows: QuerySet[Pair], day: date) -> QuerySet[Pair]:
    """Return the pairs that papers speak of: of an order with number and date, and begun by the day."""
    return rows.filter(order__number__gt="", order__signed_on__isnull=False, starts_on__lte=day)


def destroy_pairs(subject: Subject, day: date) -> None:
    """Take away pairs that no order made effective; the others end, their substitutes' too, and say nothing of why.

    A pair under an order is the partner's history too, and that of the order's paper: its form and days stay.
    """
    mine = pairs_of(subject)
    kept = set(begun_under_order(mine, day).values_list("pk", flat=True))
    groups = set(mine.filter(group__isnull=False).values_list("group", flat=True))
    end_substitutes(dict.fromkeys(mine.values_list("pk", flat=True), day))
    Pair.objects.filter(pk__in=mine.exclude(pk__in=kept).values("pk")).delete()
    running = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    ending = _("Данные участника уничтожены")
    Pair.objects.filter(running, pk__in=kept).update(ends_on=day, end_reason=ending)
    Pair.objects.filter(pk__in=kept).exclude(end_reason="").update(end_reason=ending)
    # A group is often called after its mentor.
    Group.objects.filter(pk__in=groups, pairs__mentor=subject.person).update(title=_("Группа"))
    Group.objects.filter(pk__in=groups, pairs__isnull=True).delete()


def requests_of(subject: Subject) -> QuerySet[PartnerRequest]:
    """Return what a person asked for himself.

    What the other side of his pair asked is not printed for him: it would tell one person's confidence to another
    (152-ФЗ, ст. 14 ч. 8).
    """
    return PartnerRequest.objects.filter(asked_by__in=subject.user_ids).order_by("asked_at", "pk")


def _destroy_requests(subject: Subject, day: date) -> None:
    """Take away what he asked, and what anybody asked about a pair of his."""
    about = Q(pair__in=pairs_of(subject).order_by().values("pk")) | Q(asked_by__in=subject.user_ids)
    PartnerRequest.objects.filter(about).delete()


def clearances_of(subject: Subject) -> QuerySet[Clearance]:
    """Return the papers that the school keeps of a person as a mentor from outside."""
    return Clearance.objects.filter(person=subject.person).order_by("issued_on", "pk")


def _destroy_clearances(subject: Subject, day: date) -> None:
    clearances_of(subject).delete()


def training_of(subject: Subject) -> QuerySet[Training]:
    """Return what was noted of a person's training as a mentor, struck out or not."""
    return Training.objects.filter(person=subject.person).order_by("finished_on", "pk")


def _destroy_training(subject: Subject, day: date) -> None:
    training_of(subject).delete()


def _destroy_consents(subject: Subject, day: date) -> None:
    consents_of(subject).delete()


def register() -> None:
    """Tell of this room's tables."""
    register_holdings(
        Holding(
            model=Consent,
            title=gettext_lazy("Согласия"),
            category=gettext_lazy("сведения о согласиях на обработку персональных данных"),
            find=consents_of,
            destroy=_destroy_consents,
        ),
        Holding(
            model=Clearance,
            title=gettext_lazy("Документы для допуска"),
            category=gettext_lazy("сведения о документах наставника (договор, справка)"),
            find=clearances_of,
            destroy=_destroy_clearances,
        ),
        Holding(
            model=Training,
            title=gettext_lazy("Обучение наставника"),
            category=gettext_lazy("сведения об обучении наставника"),
            find=training_of,
            destroy=_destroy_training,
        ),
        Holding(
            model=Pair,
            title=gettext_lazy("Участие в парах"),
            category=gettext_lazy("сведения об участии в программе наставничества"),
            find=pairs_of,
            destroy=destroy_pairs,
        ),
        Holding(
            model=Group,
            title=gettext_lazy("Группы"),
            category=gettext_lazy("сведения об участии в программе наставничества"),
            find=lambda subject: Group.objects.filter(pk__in=pairs_of(subject).values("group")).order_by("pk"),
            destroy=_with_their_pairs,
        ),
        Holding(
            model=PartnerRequest,
            title=gettext_lazy("Просьбы о другом партнёре"),
            category=gettext_lazy("сведения об участии в программе наставничества"),
            find=requests_of,
            destroy=_destroy_requests,
            is_confidence=True,
        ),
        Holding(
            model=Destruction,
            title=gettext_lazy("Запросы на уничтожение данных"),
            category=gettext_lazy("сведения о запросах субъекта"),
            find=lambda subject: Destruction.objects.filter(person_id__in=subject.ids).order_by("number"),
            # The act has to be kept for three years; it holds an id that points to nothing, and no name.
            destroy=None,
        ),
    )
    register_exempt(
        {
            Order: "number and date of a paper of the school; people stand in its pairs",
            ClearanceRules: "what the school decided about kinds of papers, nobody's own",
        }
    )


def _with_their_pairs(subject: Subject, day: date) -> None:
    """Groups are seen to with the pairs."""
