"""Two who keep one year: the later one learns what the earlier changed, and loses nothing of what he typed."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from core.tenancy import school
from schools.people.errors import FaultyActError
from schools.programme import year_editions as editions
from schools.programme import year_services as services
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_services import TaskData, YearData
from tenants.reference.products import product_of
from tests.schools.makers import actor_with
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
OTHER = "запись изменил другой человек"


@pytest.fixture
def task():
    """Return a task of a year of school A."""
    with school(SCHOOL_A.schema):
        data = YearData(starts_on=date(2026, 9, 1))
        year = services.start_year(actor=actor_with("coordinator"), data=data, profiles=["r-145"])
        return year.tasks.order_by("stage_number", "position").first()


def opened(client, address):
    """Return what a browser would send back of the page's form."""
    page = client.get(address).content.decode()
    form = page[page.index('class="form"') :]
    sent = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form)
        if name != "state"
    }
    sent |= {
        name: unescape(text).strip() for name, text in re.findall(r'<textarea[^>]*? name="([^"]+)"[^>]*>([^<]*)', form)
    }
    for name, options in re.findall(r'<select[^>]*? name="([^"]+)"(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen.group(1) if chosen else ""
    return sent


def test_a_task_changed_meanwhile_is_told_field_by_field(client_at, task):
    one, two = (sign_in(client_at, SCHOOL_A, role) for role in ("coordinator", "director"))
    address = f"/programme/tasks/{task.pk}/edit/"
    first, second = opened(one, address), opened(two, address)
    assert two.post(address, {**second, "term": "до мая", "result": "приказ", "product": "consents"}).status_code == 302
    clash = one.post(address, {**first, "term": "июнь", "responsible_words": "завуч"}).content.decode()
    assert OTHER in clash
    assert "Здесь теперь: «до мая»." in clash
    assert "Здесь теперь: «приказ»." in clash
    assert f"Здесь теперь: «{product_of('consents').label}»." in clash
    with school(SCHOOL_A.schema):
        assert ProgrammeTask.objects.get(pk=task.pk).term == "до мая"
    # What he typed stays; what he had not touched takes what the other wrote.
    for name, value in (("term", "июнь"), ("result", "приказ"), ("responsible_words", "завуч")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', clash), name
    seen = re.search(r'name="seen" value="([^"]+)"', clash).group(1)
    assert one.post(address, {**first, "term": "июнь", "result": "приказ", "seen": seen}).status_code == 302
    with school(SCHOOL_A.schema):
        stored = ProgrammeTask.objects.get(pk=task.pk)
        assert (stored.term, stored.result) == ("июнь", "приказ")


def test_a_mark_made_meanwhile_is_not_lost(client_at, task):
    one, two = (sign_in(client_at, SCHOOL_A, role) for role in ("coordinator", "director"))
    address = f"/programme/tasks/{task.pk}/"
    first, second = opened(one, address), opened(two, address)
    assert two.post(f"{address}mark/", {**second, "state": "done", "note": "сдали 12 мая"}).status_code == 302
    clash = one.post(f"{address}mark/", {**first, "state": "work", "note": "начали"}).content.decode()
    assert OTHER in clash
    assert "Здесь теперь: «сдали 12 мая»." in clash
    assert ">начали</textarea>" in clash.replace("\n", "")
    with school(SCHOOL_A.schema):
        stored = ProgrammeTask.objects.get(pk=task.pk)
        assert (stored.state, stored.note) == ("done", "сдали 12 мая")


def test_a_year_changed_meanwhile_is_told(client_at, task):
    one, two = (sign_in(client_at, SCHOOL_A, role) for role in ("coordinator", "director"))
    address = f"/programme/years/{task.year_id}/edit/"
    first, second = opened(one, address), opened(two, address)
    assert two.post(address, {**second, "ends_on": "2027-05-31"}).status_code == 302
    clash = one.post(address, {**first, "title": "Наш год"}).content.decode()
    assert "Здесь теперь: «31.05.2027»." in clash
    assert 'value="2027-05-31"' in clash
    assert 'value="Наш год"' in clash
    with school(SCHOOL_A.schema):
        assert ProgrammeYear.objects.get(pk=task.year_id).title != "Наш год"


def test_programs_name_the_version_they_read(inside, task):
    director = actor_with("director")
    data = TaskData(title="Иначе", stage=task.stage_number)
    seen, marked = editions.edition_of_task(task), editions.edition_of_mark(task)
    services.mark_task(actor=director, task_id=task.pk, state="work", seen=marked)
    # A mark is no change of the task, nor the other way round; the same twice is written once.
    for _time in range(2):
        services.edit_task(actor=director, task_id=task.pk, data=data, seen=seen)
    with pytest.raises(FaultyActError) as late:
        services.edit_task(actor=director, task_id=task.pk, data=TaskData(title="Ещё иначе", stage=1), seen=seen)
    assert {fault.code for fault in late.value.faults} == {"stale"}
    with pytest.raises(FaultyActError, match="stale"):
        services.mark_task(actor=director, task_id=task.pk, state="done", seen=marked)
    services.mark_task(actor=director, task_id=task.pk, state="done")
