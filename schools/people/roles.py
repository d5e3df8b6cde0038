"""Roles of a school's host and what they may: the one table to read for every app of ``schools``.

Roles are additive: extents of one permission add up over all the roles a person holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from core.authz.registry import Extent, Role, World, in_worlds

FORM, CLASS = "form", "class"
CLASS_TEACHER = "class_teacher"

PERMISSIONS = in_worlds(
    {World.SCHOOL},
    ("people.view", _("видеть карточки людей")),
    ("people.edit", _("изменять карточки людей")),
    ("people.find", _("искать людей по имени, чтобы составить пару")),
    ("consents.view", _("видеть согласия")),
    ("consents.edit", _("вносить и отзывать согласия")),
    ("clearances.view", _("видеть допуски наставников не из школы")),
    ("clearances.edit", _("записывать документы для допуска")),
    ("clearances.decide", _("решать, без каких документов не допускать наставника")),
    ("consents.withdraw_own", _("отзывать свои согласия и согласия своих детей")),
    ("pairs.view", _("видеть пары")),
    ("pairs.edit", _("составлять и завершать пары")),
    ("pairs.unpaired_view", _("видеть наставляемых без пары")),
    ("matching.view", _("видеть подбор пар")),
    ("matching.edit", _("подбирать пары")),
    ("proposals.answer", _("отвечать на предложение о паре")),
    ("waiting.support", _("отмечать психологическое сопровождение ожидающих")),
    ("orders.view", _("видеть приказы")),
    ("orders.record_signed", _("вносить приказ, подписанный на бумаге")),
    ("orders.approve", _("утверждать пары приказом")),
    ("questionnaires.view", _("видеть ответы на анкеты")),
    ("questionnaires.edit", _("проводить опросы и вносить ответы с бумаги")),
    ("questionnaires.templates", _("изменять анкеты школы")),
    ("imports.run", _("загружать файлы Excel")),
    ("imports.feed", _("передавать контингент по расписанию")),
    ("imports.set_feed", _("решать, когда переданный контингент записывается без человека")),
    ("coverage.view", _("видеть охват школы")),
    ("programme.view", _("видеть дела года программы")),
    ("programme.edit", _("вести год программы: дела, сроки, ответственных")),
    ("participation.view", _("видеть своё участие")),
    ("staff.appoint_director", _("назначать директора")),
    ("archive.take", _("забирать архив школы")),
    ("mergers.decide", _("решать об объединении школы с другой")),
    ("rights.view", _("видеть всё, что школа хранит о человеке, и запросы на уничтожение")),
    ("rights.destroy", _("уничтожать персональные данные")),
    ("partner_requests.make", _("просить другого партнёра")),
    ("partner_requests.settle", _("видеть просьбы о другом партнёре и решать по ним")),
    ("meetings.view", _("видеть встречи и планы пар")),
    ("meetings.log", _("записывать встречи")),
    ("plans.edit", _("писать планы пар и отчёты наставников")),
    ("worklist.view", _("видеть рабочий список")),
    ("concerns.answer", _("читать обращения «мне некомфортно» и отвечать на них")),
    ("support.log", _("записывать разговоры с парами и напоминать наставникам")),
)

_ALL, _SCOPE, _OWN = Extent.EVERYTHING, Extent.SCOPE, Extent.OWN

_COORDINATOR: Mapping[str, Extent] = {
    "people.view": _ALL,
    "people.edit": _ALL,
    "people.find": _ALL,
    "consents.view": _ALL,
    "consents.edit": _ALL,
    "clearances.view": _ALL,
    "clearances.edit": _ALL,
    "clearances.decide": _ALL,
    "pairs.view": _ALL,
    "pairs.edit": _ALL,
    "pairs.unpaired_view": _ALL,
    "matching.view": _ALL,
    "matching.edit": _ALL,
    "waiting.support": _ALL,
    "orders.view": _ALL,
    "orders.record_signed": _ALL,
    "questionnaires.view": _ALL,
    "questionnaires.edit": _ALL,
    "questionnaires.templates": _ALL,
    "imports.run": _ALL,
    "imports.feed": _ALL,
    "coverage.view": _ALL,
    "programme.view": _ALL,
    "programme.edit": _ALL,
    "staff.view": _ALL,
    "staff.manage": _ALL,
    "tokens.manage": _ALL,
    "audit.view": _ALL,
    "rights.view": _ALL,
    "partner_requests.settle": _ALL,
    "meetings.view": _ALL,
    "meetings.log": _ALL,
    "plans.edit": _ALL,
    "worklist.view": _ALL,
    "support.log": _ALL,
    "concerns.answer": _ALL,
}
# The director's alone: approving an order, appointing a director, resetting a lost second factor, the whole school in
# one file, becoming one with another school, destroying data, telling other programmes what happens, letting a feed
# write by itself.
_DIRECTOR: Mapping[str, Extent] = {
    **_COORDINATOR,
    "orders.approve": _ALL,
    "imports.set_feed": _ALL,
    "staff.appoint_director": _ALL,
    "staff.reset_second_factor": _ALL,
    "archive.take": _ALL,
    "mergers.decide": _ALL,
    "rights.destroy": _ALL,
    "webhooks.manage": _ALL,
}
# The forms he curates. ``people.find`` is wider (names and classes only): a new pair is made of people in no form yet.
_CURATOR: Mapping[str, Extent] = {
    "people.view": _SCOPE,
    "people.find": _ALL,
    "consents.view": _SCOPE,
    "clearances.view": _SCOPE,
    "clearances.edit": _SCOPE,
    "pairs.view": _SCOPE,
    "pairs.edit": _SCOPE,
    "pairs.unpaired_view": _ALL,
    "matching.view": _SCOPE,
    "matching.edit": _SCOPE,
    "waiting.support": _ALL,
    "orders.view": _ALL,
    "partner_requests.settle": _SCOPE,
    "meetings.view": _SCOPE,
    "meetings.log": _SCOPE,
    "plans.edit": _SCOPE,
    "programme.view": _ALL,
    "worklist.view": _SCOPE,
    "support.log": _SCOPE,
    "questionnaires.view": _SCOPE,
    "questionnaires.edit": _SCOPE,
    "concerns.answer": _SCOPE,
}
_CLASS_TEACHER: Mapping[str, Extent] = {
    "people.view": _SCOPE,
    "consents.view": _SCOPE,
    "consents.edit": _SCOPE,
    "pairs.view": _SCOPE,
    "meetings.view": _SCOPE,
    "meetings.log": _SCOPE,
    "programme.view": _OWN,
    "worklist.view": _SCOPE,
    "questionnaires.view": _SCOPE,
    "questionnaires.edit": _SCOPE,
}
_PSYCHOLOGIST: Mapping[str, Extent] = {
    "concerns.answer": _ALL,
    "partner_requests.settle": _ALL,
    "pairs.unpaired_view": _ALL,
    "waiting.support": _ALL,
    "programme.view": _OWN,
}
_PARTICIPANT: Mapping[str, Extent] = {
    "participation.view": _OWN,
    "proposals.answer": _OWN,
    "consents.withdraw_own": _OWN,
    "partner_requests.make": _OWN,
    "meetings.view": _OWN,
}
# Of his own pairs: a mentee and a parent write nothing about a pair.
_MENTOR: Mapping[str, Extent] = {
    **_PARTICIPANT,
    "meetings.log": _OWN,
    "plans.edit": _OWN,
}

ROLES = (
    Role(
        slug="director",
        title=_("директор"),
        world=World.SCHOOL,
        description=_("Всё в школе; утверждает приказы и назначает директора"),
        capabilities=_DIRECTOR,
        appointed_by="staff.appoint_director",
    ),
    Role(
        slug="coordinator",
        title=_("координатор"),
        world=World.SCHOOL,
        description=_("Всё, кроме того, что может только директор"),
        capabilities=_COORDINATOR,
    ),
    Role(
        slug="curator",
        title=_("куратор формы"),
        world=World.SCHOOL,
        description=_("Люди, анкеты и пары тех форм, которые он курирует"),
        capabilities=_CURATOR,
        scope_kind=FORM,
    ),
    Role(
        slug=CLASS_TEACHER,
        title=_("классный руководитель"),
        world=World.SCHOOL,
        description=_("Люди, согласия и анкеты своих классов; видит, кто состоит в паре"),
        capabilities=_CLASS_TEACHER,
        scope_kind=CLASS,
    ),
    Role(
        slug="psychologist",
        title=_("педагог-психолог"),
        world=World.SCHOOL,
        description=_("Наставляемые без пары и обращения"),
        capabilities=_PSYCHOLOGIST,
    ),
    *(
        Role(
            slug=slug,
            title=title,
            world=World.SCHOOL,
            description=description,
            capabilities=capabilities,
            needs_second_factor=False,
        )
        for slug, title, description, capabilities in (
            ("mentor", _("наставник"), _("Свои пары: план и встречи"), _MENTOR),
            ("mentee", _("наставляемый"), _("Своё участие"), _PARTICIPANT),
            ("parent", _("родитель"), _("Участие своих детей"), _PARTICIPANT),
        )
    ),
)


def class_choices() -> Sequence[tuple[str, str]]:
    """Return pairs (id, title) of the classes: by these a class teacher's role is narrowed."""
    from schools.people.models import SchoolClass

    return [(str(pk), title) for pk, title in SchoolClass.objects.values_list("pk", "title")]


def form_choices() -> Sequence[tuple[str, str]]:
    """Return pairs (code, title) of the forms of mentoring: by these a curator's role is narrowed."""
    from tenants.reference.selectors import forms_now

    return [(form.code, form.title) for form in forms_now()]
