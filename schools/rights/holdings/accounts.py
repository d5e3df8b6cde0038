"""Accounts, sign-ins, sessions, kept answers, and the record of acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from core.accounts.models import ApiToken, Invitation, RoleGrant, SignIn, User
from core.api.models import KeptAnswer
from core.audit.models import AuditRecord
from core.webhooks.models import Delivery, Webhook
from schools.rights.registry import HIDDEN, Holding, Subject, register_exempt, register_holdings


def _of_users(model: type[Model], column: str = "user") -> Callable[[Subject], QuerySet[Any]]:
    def find(subject: Subject) -> QuerySet[Any]:
        return model._default_manager.filter(**{f"{column}__in": subject.user_ids}).order_by("pk")

    return find


def _deleting(find: Callable[[Subject], Any]) -> Callable[[Subject, date], None]:
    def destroy(subject: Subject, day: date) -> None:
        find(subject).delete()

    return destroy


def _invitations(subject: Subject) -> QuerySet[Invitation]:
    of_users = Q(user__in=subject.user_ids) | Q(used_by__in=subject.user_ids)
    return Invitation.objects.filter(of_users | Q(person_id__in=subject.ids)).order_by("pk")


def sessions_of(subject: Subject) -> list[Session]:
    """Return the sessions of the person's accounts, and those of others that remember his name.

    Messages that wait to be shown and words that were searched for stand there.
    """
    users = set(map(str, subject.user_ids))
    found = []
    for session in Session.objects.order_by("pk"):
        said = session.get_decoded()
        if said.get("_auth_user_id") in users or subject.likeness.is_in(_texts(said)):
            found.append(session)
    return found


def _texts(said: Any) -> list[object]:
    if isinstance(said, dict):
        return [text for value in said.values() for text in _texts(value)]
    if isinstance(said, list | tuple):
        return [text for value in said for text in _texts(value)]
    return [said]


def _end_sessions(subject: Subject, day: date) -> None:
    """End the person's own sessions; others lose what names him and go on."""
    users = set(map(str, subject.user_ids))
    for session in sessions_of(subject):
        said = session.get_decoded()
        if said.get("_auth_user_id") in users:
            session.delete()
            continue
        kept = {name: value for name, value in said.items() if not subject.likeness.is_in(_texts(value))}
        session.session_data = SessionStore().encode(kept)
        session.save(update_fields=["session_data"])


def _senders(subject: Subject) -> frozenset[UUID]:
    tokens = ApiToken.objects.filter(user__in=subject.user_ids)
    return subject.once("senders", lambda: {*subject.user_ids, *tokens.values_list("pk", flat=True)})


def _own_route(row: KeptAnswer, subject: Subject) -> str:
    """Show where the person's own request went; of others' that there was one: it may be about a confidence."""
    return row.route if row.sender in _senders(subject) else str(HIDDEN)


def _answers(subject: Subject) -> list[KeptAnswer]:
    """Return kept answers to the person's own requests, and those that speak of him."""
    senders = _senders(subject)
    near = Q(said__iregex=subject.likeness.pattern()) | Q(sender__in=senders)
    for text in subject.texts:
        near |= Q(said__contains=text)
    rows = KeptAnswer.objects.annotate(said=Cast("body", TextField())).filter(near).order_by("pk")
    return [
        row
        for row in rows
        if row.sender in senders
        or any(text in str(row.body) for text in subject.texts)
        or subject.likeness.is_in(_texts(row.body))
    ]


def _forget_answers(subject: Subject, day: date) -> None:
    KeptAnswer.objects.filter(pk__in=[row.pk for row in _answers(subject)]).delete()


def _acts(subject: Subject) -> QuerySet[AuditRecord]:
    near = Q(object_id__in=subject.texts) | Q(actor_id__in=subject.user_ids)
    for text in subject.texts:
        near |= Q(said__contains=text)
    return AuditRecord.objects.annotate(said=Cast("details", TextField())).filter(near).order_by("at", "pk")


def _deliveries(subject: Subject) -> QuerySet[Delivery]:
    near = Q(pk__in=())
    for text in (*subject.texts, *map(str, subject.user_ids)):
        near |= Q(said__contains=text)
    return Delivery.objects.annotate(said=Cast("payload", TextField())).filter(near).order_by("created_at", "pk")


def _who(row: AuditRecord, subject: Subject) -> str:
    """Say who acted without naming the school's staff: the law gives the subject no right to their names."""
    if row.actor_id in subject.user_ids:
        return str(gettext_lazy("сам человек"))
    return row.actor_label or str(gettext_lazy("сотрудник школы"))


def _is_of_confidence(row: AuditRecord) -> bool:
    """Tell whether an act is that of confiding: that it took place at all is kept with what was told."""
    return row.action.startswith(("participants.", "matching.")) or row.object_type == "pairs.request"


def register() -> None:
    """Tell of this room's tables; the accounts themselves go last of them."""
    account = gettext_lazy("сведения об учётной записи")
    work = gettext_lazy("сведения о входах и действиях на сайте")
    secret = frozenset({"password", "session_epoch"})
    emails, authenticators = _of_users(EmailAddress), _of_users(Authenticator)
    grants, sign_ins, tokens = _of_users(RoleGrant), _of_users(SignIn), _of_users(ApiToken)
    confirmations = _of_users(EmailConfirmation, "email_address__user")
    users = _of_users(User, "pk")
    rows: tuple[tuple[type[Model], Any, Any, Callable[[Subject], Any], frozenset[str]], ...] = (
        (User, gettext_lazy("Учётные записи"), account, users, secret),
        (EmailAddress, gettext_lazy("Адреса почты учётных записей"), account, emails, frozenset()),
        (EmailConfirmation, gettext_lazy("Подтверждения адресов почты"), account, confirmations, frozenset({"key"})),
        (Authenticator, gettext_lazy("Второй фактор входа"), account, authenticators, frozenset({"data"})),
        (RoleGrant, gettext_lazy("Роли на сайте"), account, grants, frozenset()),
        (Invitation, gettext_lazy("Приглашения на сайт"), account, _invitations, frozenset({"code_hash"})),
        (ApiToken, gettext_lazy("Токены программ"), account, tokens, frozenset({"token_hash"})),
        (SignIn, gettext_lazy("Входы на сайт"), work, sign_ins, frozenset()),
    )
    register_holdings(
        *(
            Holding(model=model, title=title, category=kind, find=find, destroy=_deleting(find), hidden=hidden)
            for model, title, kind, find, hidden in rows
        ),
        Holding(
            model=Session,
            title=gettext_lazy("Открытые сеансы, в которых есть данные человека"),
            category=work,
            find=sessions_of,
            destroy=_end_sessions,
            hidden=frozenset({"session_key", "session_data"}),
        ),
        Holding(
            model=KeptAnswer,
            title=gettext_lazy("Ответы программам, которые хранятся сутки"),
            category=work,
            find=_answers,
            destroy=_forget_answers,
            # An answer repeats rows that are printed above, beside rows of others that are none of his business.
            hidden=frozenset({"body_hash", "body"}),
            show={"route": _own_route},
            is_confidence=True,
        ),
        Holding(
            model=Delivery,
            title=gettext_lazy("События, отправленные другим программам"),
            category=work,
            find=_deliveries,
            destroy=_deleting(_deliveries),
        ),
        Holding(
            model=AuditRecord,
            title=gettext_lazy("Журнал: кто и когда смотрел и менял эти данные"),
            category=work,
            find=_acts,
            # Append-only: the entries hold ids, which point to nothing afterwards.
            destroy=None,
            show={"actor_id": _who, "actor_label": lambda row, subject: ""},
            is_kept=_is_of_confidence,
        ),
    )
    register_exempt({Webhook: "addresses of other programmes; events that went to them are deliveries"})
