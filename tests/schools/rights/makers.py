"""Somebody of whom every table of a school holds something, under a name that nobody else has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from tests.schools.makers import TODAY, make_consent, make_order, make_pair, make_person, make_training
from tests.support.accounts import make_user, session_for

NAME = "Жар-птицына Ёлка Кощеевна"
FORMER = "Горынычева Ёлка Кощеевна"
# What must be found nowhere afterwards, in lower case; a name is stored as typed and folded.
TRACES = ("жар-птицын", "горынычев", "кощеев", "11223344595", "8-900-000-00-17", "yolka@")
BORN = date(2011, 4, 30)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def make_somebody() -> Any:
    """Make the person with rows in every table that can hold one; return the card."""
    from schools.clearances.models import Clearance
    from schools.papers.keeping import keep_signed
    from schools.people.models import FormerName, Guardianship, MergedPerson, NotTheSame

    person = make_person(NAME, BORN, ("pupil", "parent"), room="7Ю", snils="11223344595")
    person.phone, person.email = "8-900-000-00-17", "yolka@school.example"
    person.folded_name = "жар-птицына елка кощеевна"
    person.save()
    child = make_person("Иванов Ян", date(2016, 1, 1))
    teacher = make_person("Петрова Инна", date(1980, 1, 1), ("teacher",))
    FormerName.objects.create(person=person, full_name=FORMER, folded_name="горынычева елка кощеевна", until=TODAY)
    MergedPerson.objects.create(id="0d0d0d0d-0000-4000-8000-000000000001", person=person, merged_at=NOW)
    NotTheSame.objects.create(first=person, second=child)
    Guardianship.objects.create(guardian=person, ward=child, kinship="мать")
    Guardianship.objects.create(guardian=teacher, ward=person, kinship="опекун")
    make_consent(person, number="17-Ж")
    Clearance.objects.create(person=person, kind="agreement", issuer=NAME, issued_on=TODAY, recorded_at=NOW)
    make_training(person, document=NAME)
    order = make_order("84-од")
    pair = make_pair(teacher, person, order=order, end_reason="Жар-птицына уехала", ends_on=date(2027, 5, 31))
    with transaction.atomic():
        keep_signed(order)
    _attachments(order=order)
    _meetings(pair)
    _support(pair)
    _programme(person)
    make_pair(person, child, form="pupil-pupil")
    _matching(person, teacher)
    _years(person)
    _papers(person)
    _account(person)
    _answers(person)
    _asked(person)
    return person


def _attachments(**owner: Any) -> None:
    from schools.papers.models import Attachment

    content = b"of the scan"
    Attachment.objects.create(media="application/pdf", size_bytes=len(content), content=content, added_at=NOW, **owner)


def _matching(person: Any, teacher: Any) -> None:
    from schools.matching.models import Candidate, Proposal, Round, Support

    found = Round.objects.create(form_code="teacher-pupil", title="Осень", created_at=NOW)
    mentor = Candidate.objects.create(round=found, person=teacher, side="mentor", number=1)
    mentee = Candidate.objects.create(round=found, person=person, side="mentee", number=1, partner=mentor)
    Proposal.objects.create(mentor=mentor, mentee=mentee, asked_at=NOW, expires_on=TODAY)
    Support.objects.create(person=person, marked_at=NOW)
    mentor.preferences = [str(mentee.pk)]
    mentor.save()


def _programme(person: Any) -> None:
    from schools.programme.models import ProgrammeTask, ProgrammeYear

    year = ProgrammeYear.objects.create(title="Программа", starts_on=date(2025, 9, 1), created_at=NOW)
    ProgrammeTask.objects.create(
        year=year, stage_number=1, stage="Этап", position=1, title="Дело", responsible=[person.pk], updated_at=NOW
    )


def _meetings(pair: Any) -> None:
    from schools.meetings.models import Meeting, Plan
    from schools.pairs.models import PartnerRequest

    asked = {"side": "mentor", "wish": "other", "words": "С Жар-птицыной трудно", "asked_at": NOW}
    other = "0d0d0d0d-0000-4000-8000-000000000003"
    PartnerRequest.objects.create(pair=pair, asked_by=other, **asked)
    said = {"state": "held", "held_on": TODAY, "created_at": NOW}
    past = [{"at": NOW.isoformat(), "by": "", "was": {"result": "Жар-птицына не пришла"}}]
    Meeting.objects.create(pair=pair, kind="first", result="Жар-птицына пришла", corrections=past, **said)
    rows = [{"section": 0, "task": "Жар-птицыной прочесть книгу", "term": "", "planned": "", "actual": "", "mark": ""}]
    report = {"done": "С Жар-птицыной всё сделано", "conclusions": "", "proposals": ""}
    Plan.objects.create(pair=pair, kind="individual", rows=rows, version=1, changed_at=NOW, report=report)


def _support(pair: Any) -> None:
    from schools.participants.models import Concern
    from schools.worklist.models import Contact, Reminder

    Contact.objects.create(pair=pair, held_on=TODAY, note="Жар-птицына довольна", created_at=NOW)
    Reminder.objects.create(user_id=pair.pk, pair=pair, matter="stuck", day=TODAY)
    for person in (pair.mentor, pair.mentee):
        Concern.objects.create(person=person, pair=pair, text="О Жар-птицыной", said_by=pair.pk, said_at=NOW)


def _answers(person: Any) -> None:
    from schools.questionnaires.models import Response, Round, Template

    template = Template.objects.create(code="t", version=1, title="Анкета", kind="entry", role="mentee", created_at=NOW)
    asked = Round.objects.create(template=template, title="Опрос", opened_at=NOW)
    Response.objects.create(round=asked, person=person, answers={"expectations": "Жар-птицына хочет летать"})


def _asked(person: Any) -> None:
    """Let the person ask for another partner as well as the other side of the pair."""
    from core.accounts.models import User
    from schools.pairs.models import PartnerRequest

    other = PartnerRequest.objects.get()
    said = {"side": "mentee", "wish": "time", "words": "Жар-птицыной далеко", "asked_at": NOW}
    PartnerRequest.objects.create(pair=other.pair, asked_by=User.objects.get(person_id=person.pk).pk, **said)


def _years(person: Any) -> None:
    from schools.people.models import Release, Rollover

    enrolment, kind = person.enrolments.get(), person.kinds.first()
    other = make_person("Сидоров Лев").enrolments.get()
    Rollover.objects.create(
        school_year=2026,
        day=TODAY,
        people={str(enrolment.pk): "repeat", str(other.pk): "leave"},
        closed=[enrolment.pk, other.pk],
        former_left_on=[None, TODAY],
        opened=[None, None],
        opened_class=[None, None],
        alumni=[kind.pk],
    )
    Release.objects.create(
        id="0d0d0d0d-0000-4000-8000-000000000002",
        person=person,
        to_title="Школа Б",
        leaves_on=TODAY,
        basis="заявление Жар-птицыной",
        released_at=NOW,
        settled_at=NOW,
        outcome="declined",
    )


def _papers(person: Any) -> None:
    from core.spreadsheets import Column, Table, write_workbook
    from schools.imports.models import ImportFile, ImportJob, ImportRow, ImportTrace

    enrolment = person.enrolments.get()
    done = ImportJob.objects.create(
        state=ImportJob.State.DONE,
        created_at=NOW,
        named={"people": [[str(person.pk), "pupil"]], "pairs": [], "consents": []},
        absent=[[str(enrolment.pk), True]],
        is_journalled=True,
        applied_at=NOW,
    )
    ImportTrace.objects.create(
        job=done,
        table="people.person",
        is_new=False,
        ids=[person.pk],
        prints=[1],
        before=[{"surname": "Горынычева", "phone": "8-900-000-00-17"}],
    )
    rows = (["Жар-Птицына", "Елка", "Кощеевна"], ["", "ЖАР-ПТИЦЫНА", "30.04.2011"], ["112-233-445 95"])
    for number, cells in enumerate(rows):
        ImportRow.objects.create(
            job=done, is_refused=True, file="а.xlsx", sheet="1", row=number, code="no_name", cells=cells
        )
    # A row with a person in it, taken for the headings.
    headings = ["Жар-Птицына Ёлка Кощеевна", "30.04.2011"]
    layout = {"sheet": "1", "rows": 2, "is_visible": True, "kind": "pupils", "header_row": 1, "columns": {}}
    layouts = [{**layout, "headings": headings}]
    ImportFile.objects.create(job=done, name="а.xlsx", sha256="e" * 64, size_bytes=1, layouts=layouts)
    draft = ImportJob.objects.create(state=ImportJob.State.CHECKED, created_at=NOW)
    content = write_workbook([Table("1", [Column("ФИО"), Column("Дата рождения")], [[NAME, BORN]])])
    ImportFile.objects.create(
        job=draft, name="Жар-птицына Ёлка Кощеевна.xlsx", sha256="f" * 64, size_bytes=1, content=content
    )


def _account(person: Any) -> None:
    from allauth.account.models import EmailAddress, EmailConfirmation

    from core.accounts.models import ApiToken, Invitation, SignIn
    from core.api.models import KeptAnswer
    from core.audit.services import record
    from core.webhooks.models import Delivery, Webhook
    from schools.notifications.models import Letter, Notice, Preference

    user = make_user("parent", login="yolka", name=NAME, person_id=person.pk)
    address = EmailAddress.objects.create(user=user, email="yolka@school.example")
    EmailConfirmation.objects.create(email_address=address, key="k")
    SignIn.objects.create(user=user, at=NOW, seen_at=NOW, browser="Firefox")
    Notice.objects.create(user=user, news="stuck", about=person.pk, day=TODAY, at=NOW)
    Preference.objects.create(user=user, email="yolka@mail.example", confirmed_at=NOW)
    Letter.objects.create(user=user, sort="news", key="1", data={"news": "stuck"}, created_at=NOW, due_at=NOW)
    ApiToken.objects.create(user=user, title="Жар-птицына", token_hash="h", roles=[], created_at=NOW, expires_at=NOW)
    Invitation.objects.create(
        code_hash="h", name=NAME, person_id=person.pk, created_at=NOW, expires_at=NOW, roles=[["parent", ""]]
    )
    session_for(user)
    other = make_user("coordinator", login="searching", name="Кто-то Другой")
    _remember_search(session_for(other))
    KeptAnswer.objects.create(
        sender=other.pk, route="/r", key="1", body_hash="h", body={"full_name": NAME}, created_at=NOW
    )
    hook = Webhook.objects.create(title="Учёт", url="https://example.test/", secret="s", created_at=NOW)
    Delivery.objects.create(
        webhook=hook, event_id=hook.pk, event="person.changed", payload={"id": str(person.pk)}, created_at=NOW,
        retry_until=NOW,
    )  # fmt: skip
    record(actor=other, action="people.person_viewed", object_type="people.person", object_id=person.pk)


def _remember_search(key: str) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore(key)
    store["searched"] = {"people": "жар-птицына елка кощеевна"}
    store["kept"] = "осталось"
    store.save()


def tables_that_speak_of(*texts: str) -> dict[str, list[str]]:
    """Return the tables of the current school whose rows hold any of the texts, however deep; sessions are opened."""
    from django.contrib.sessions.models import Session
    from django.db import connection

    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
            " AND relname <> 'django_migrations'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT lower(x::text) FROM "{table}" x')
            said = "\n".join(text for (text,) in cursor.fetchall())
            if hits := [text for text in texts if text in said]:
                found[table] = hits
    decoded = str([session.get_decoded() for session in Session.objects.all()]).lower()
    if hits := [text for text in texts if text in decoded]:
        found["sessions, opened"] = hits
    return found
