"""Mail by its pages: an address and its link, switches, the link that stops letters; and what stands in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from core.events.models import Outbox
from core.mail.models import Tally
from core.tenancy import ContextError, region, school
from schools.notifications import preferences
from schools.notifications.domain import Kind
from schools.notifications.models import Letter, Preference
from schools.notifications.posting import post_due_letters
from schools.notifications.tasks import post_letters
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with
from tests.schools.notifications.makers import ADDRESS, link_in, news, reader
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


def sent() -> int:
    """Send what is due in the first school."""
    with school(SCHOOL_A.schema):
        return post_due_letters()


def kept(**conditions: Any) -> list[Preference]:
    """Return preferences of the first school."""
    with school(SCHOOL_A.schema):
        return list(Preference.objects.filter(**conditions))


def test_a_task_carries_neither_an_address_nor_a_name_and_refuses_without_its_school(school_a: Any):
    with school(SCHOOL_A.schema):
        news(reader())
    with region():
        rows = list(Outbox.objects.filter(task=post_letters.name).values_list("payload", "school_schema"))
    assert rows == [({}, SCHOOL_A.schema)]
    with pytest.raises(ContextError):
        post_letters.apply_async()
    with school(SCHOOL_B.schema):
        assert post_due_letters() == 0
    assert mail.outbox == []


def test_a_school_s_letters_go_out_some_in_a_minute(settings: Any, school_a: Any):
    settings.LETTERS_OF_A_SCHOOL_PER_MINUTE = 2
    with school(SCHOOL_A.schema):
        user = reader()
        for what in ("stuck", "ordered", "planned"):
            news(user, what)
    assert (sent(), len(mail.outbox)) == (2, 2)
    with region():
        assert Outbox.objects.filter(task=post_letters.name, created_at__gt=timezone.now()).count() == 1
    assert sent() == 0, "the minute is used up, whoever asks again"
    with region():
        assert Outbox.objects.filter(task=post_letters.name, created_at__gt=timezone.now()).count() == 1
    with school(SCHOOL_A.schema):
        Letter.objects.filter(state="sent").update(settled_at=timezone.now() - timedelta(minutes=1))
    assert sent() == 1
    with region():
        tally = Tally.objects.get(school_schema=SCHOOL_A.schema)
    assert (tally.sent, tally.waiting, tally.failed) == (3, 0, 0)


def test_an_address_is_taken_by_the_link_that_came_there_and_for_that_account_alone(
    client_at: Callable[[str], Client],
):
    client = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    other = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    assert client.post("/notifications/settings/address/", {"address": ADDRESS}).status_code == 302
    assert sent() == 1
    assert mail.outbox[0].to == [ADDRESS]
    link = link_in(mail.outbox[0], "/confirm/")
    assert "Ссылка не подходит" in other.get(link).content.decode()
    other.post(link)
    assert client_at("sch-a").get(link).status_code == 302
    assert kept(email=ADDRESS) == []
    assert ADDRESS in client.get(link).content.decode()
    assert kept(email=ADDRESS) == [], "opening is not confirming"
    client.post(link)
    (mine,) = kept(email=ADDRESS)
    assert (mine.user_id, mine.wanted) == (client.user.pk, "")  # type: ignore[attr-defined]
    with school(SCHOOL_B.schema):
        theirs = actor_with("curator")
        Preference.objects.create(user_id=theirs.pk, wanted=ADDRESS)
        with pytest.raises(FaultyActError):
            preferences.confirm_address(actor=theirs, token=link.partition("token=")[2].replace("%3A", ":"))


def test_the_link_in_a_letter_stops_such_letters_without_signing_in(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        news(reader())
    sent()
    link = link_in(mail.outbox[0], "/stop/")
    assert mail.outbox[0].extra_headers["List-Unsubscribe"].endswith(f"{link}>")
    stranger = client_at("sch-a")
    stranger.handler.enforce_csrf_checks = True
    assert ADDRESS not in stranger.get(link).content.decode()
    assert kept()[0].off == [], "opening is not stopping"
    assert client_at("sch-b").post(link, {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert stranger.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert kept()[0].off == ["reminder:mail"]
    assert stranger.post(f"{link[:-3]}xyz").status_code == 404
    stranger.post(link, {"everything": "1"})
    assert kept()[0].email == ""


def test_choices_are_kept_and_of_other_sorts_nothing_changes(client_at: Callable[[str], Client]):
    client = sign_in(client_at, SCHOOL_A, "mentor", person_id=world.MENTOR)
    page = client.get("/notifications/settings/").content.decode()
    assert "Адреса нет, писем вы не получаете" in page
    assert "Присылать на почту" not in page
    client.post("/notifications/settings/", {"product": ["pair"]})
    (mine,) = kept()
    assert not any(word.startswith((Kind.CONCERN, Kind.REQUEST)) for word in mine.off)
    assert "pair:product" not in mine.off
    assert {"meeting:product", "proposal:product"} <= set(mine.off)
    assert not any(word.endswith(":mail") for word in mine.off), "what is not offered stays as it was"


def test_without_a_server_nothing_is_offered_and_it_is_said(client_at: Callable[[str], Client], settings: Any):
    settings.MAIL_FROM = ""
    client = sign_in(client_at, SCHOOL_A, "director")
    page = client.get("/notifications/settings/").content.decode()
    assert "Почта у платформы не настроена" in page
    assert "Прислать ссылку" not in page
    with school(SCHOOL_A.schema):
        news(reader())
        assert not Letter.objects.exists()
