"""Single acts inside an instance, as processes: ``python -m tests.faults.acts VERB …``; each prints JSON.

The product's own services do them, in the school's own context.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

LONG = 3_050
"""More rows than an import does while somebody waits: the worker gets it, through the outbox."""


def _schema(code: str) -> str:
    from core.tenancy import region
    from tenants.registry.models import School

    with region():
        return str(School.objects.get(code=code).schema_name)


def account(host: str, role: str, login: str) -> dict[str, str]:
    """Make an account with a second factor on a host; how to sign in."""
    from core.tenancy import region, school
    from tests.support.accounts import PASSWORD, TOTP_SECRET, make_user

    with region() if host == "region" else school(_schema(host)):
        make_user(role, login=login)
    return {"login": login, "password": PASSWORD, "secret": TOTP_SECRET}


def webhook(code: str, url: str, event: str) -> str:
    """Register an address for events of a school; its secret."""
    from core.authz import system_actor
    from core.tenancy import school
    from core.webhooks.services import WebhookData, register_webhook

    with school(_schema(code)):
        data = WebhookData(title="Проверка", url=url, events=[event])
        return register_webhook(actor=system_actor("faults"), data=data).secret


def no_webhooks(code: str) -> int:
    """Delete a school's addresses for events; how many there were."""
    from core.authz import system_actor
    from core.tenancy import school
    from core.webhooks.models import Webhook
    from core.webhooks.services import end_webhook

    with school(_schema(code)):
        gone = list(Webhook.objects.values_list("pk", flat=True))
        for webhook_id in gone:
            end_webhook(actor=system_actor("faults"), webhook_id=webhook_id)
    return len(gone)


def drafts(code: str, number: str) -> list[str]:
    """Make draft pairs of new pupils who consent: signing them moves the figures."""
    from uuid import uuid4

    from django.utils import timezone

    from core.authz import system_actor
    from core.tenancy import school
    from schools.consents.services import ConsentData, record_consent
    from schools.pairs.services import PairData, create_pairs
    from schools.people.enrolments import EnrolmentData
    from schools.people.services import PersonData, create_person

    day = timezone.localdate()
    made = []
    with school(_schema(code)):
        actor = system_actor("faults")
        for _ in range(int(number)):
            two = []
            for _side in range(2):
                person = create_person(
                    actor=actor,
                    data=PersonData(
                        surname=f"Черновик{uuid4().hex[:6]}а", name="Пётр",
                        birth_date=day - timedelta(days=12 * 366), kinds={"pupil"},
                    ),
                    enrolments=[EnrolmentData(kind="pupil", admitted_on=day - timedelta(days=9), class_name="7А")],
                )  # fmt: skip
                consent = ConsentData(kind="processing", signer="representative", given_on=day)
                record_consent(actor=actor, person_id=person.pk, data=consent)
                two.append(person.pk)
            data = PairData(form_code="pupil-pupil", mentor_id=two[0], mentee_ids=[two[1]], starts_on=day)
            made += [str(pair.pk) for pair in create_pairs(actor=actor, data=data)]
    return made


def upload(code: str, login: str, name: str) -> str:
    """Upload a long list and have it checked: the worker is asked through the outbox. The import's id."""
    from core.accounts.models import User
    from core.authz import load_actor
    from core.tenancy import school
    from schools.imports.services import Upload, check_import, start_import

    with school(_schema(code)):
        actor = load_actor(User.objects.get(login=login))
        job = start_import(actor=actor, uploads=[Upload("контингент.xlsx", _workbook(name))])
        return str(check_import(actor=actor, job_id=job.pk).pk)


def upload_each(*codes: str) -> dict[str, str]:
    """Upload a long list in each of the schools, as its director; the imports' ids by school."""
    return {code: upload(code, account(code, "director", f"list-{code}")["login"], "Список") for code in codes}


def _workbook(name: str) -> bytes:
    import io

    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Контингент")
    sheet.write_row(0, 0, ["№ п/п", "ФИО обучающегося", "Дата рождения", "Пол", "Класс", "Дата зачисления"])
    for row in range(1, LONG + 1):
        letters = "".join(chr(1072 + int(digit)) for digit in str(row))
        sheet.write_row(row, 0, [row, f"{name}{letters} Пётр Ильич", "05.05.2012", "м", "7А", "01.09.2026"])
    book.close()
    return out.getvalue()


def confirm(code: str, login: str, job: str) -> str:
    """Confirm a checked import: the worker is asked through the outbox."""
    from core.accounts.models import User
    from core.authz import load_actor
    from core.tenancy import school
    from schools.imports.applying import apply_import

    with school(_schema(code)):
        return str(apply_import(actor=load_actor(User.objects.get(login=login)), job_id=UUID(job)).state)


def job(code: str, job: str) -> dict[str, Any]:
    """Say what has become of an import: its state, its audit rows, and how many people the school has."""
    from core.audit.models import AuditRecord
    from core.tenancy import school
    from schools.imports.models import ImportJob
    from schools.people.models import Enrolment, Person

    with school(_schema(code)):
        return {
            "state": ImportJob.objects.get(pk=job).state,
            "applied": AuditRecord.objects.filter(action="imports.applied", object_id=job).count(),
            "people": Person.objects.count(),
            "enrolments": Enrolment.objects.count(),
        }


def roll_up() -> str:
    """Ask for a roll-up through the outbox."""
    from core.events.outbox import enqueue
    from core.tenancy import region
    from reports.rollup import tasks

    with region():
        enqueue(tasks.roll_up)
    return tasks.roll_up.name


if __name__ == "__main__":
    import django

    django.setup()
    verbs: dict[str, Callable[..., Any]] = {
        act.__name__: act for act in (account, drafts, upload, upload_each, confirm, job, roll_up, webhook, no_webhooks)
    }
    sys.stdout.write(json.dumps(verbs[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
