"""No text of any page is unmarked for translation: pages, refused forms, messages, refusals and downloads."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client

from core.authz.registry import World
from core.tenancy import region, school
from schools.imports.samples import EXAMPLES
from schools.rights.domain import CONFIRMATION
from tests.journeys.marked_text import CYRILLIC, outside_marks, pseudo_locale, unmarked_in
from tests.journeys.variants import VARIANTS, seed_variants
from tests.permissions.walk import Endpoint, Form, endpoints, filled_with, forms_in, own_values
from tests.support import seeds, world
from tests.support.accounts import PASSWORD, make_user, sign_in, world_at
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db

PLACES = {World.SCHOOL: SCHOOL_A, World.REGION: "region"}
# Beside whoever may do everything, roles whose pages look different.
ROLES = {
    World.SCHOOL: {"director": "", "class_teacher": str(world.CLASS), "mentor": ""},
    World.REGION: {"region_admin": "", "district_specialist": str(world.DISTRICT)},
}
READS_LIKE_TEXT = ("text", "character varying", "jsonb")
# A floor of what the first role sees, so that a crawl of nothing cannot be green.
AT_LEAST = {
    World.SCHOOL: {"pages": 170, "answers to forms": 65, "downloads": 3},
    World.REGION: {"pages": 120, "answers to forms": 45, "downloads": 3},
}
# Not in the database, and data all the same: what this crawl and the page of the kit type, and a heading of a file.
TYPED = ["текст 7", "нетакой", "нетакого", "84-од", "A: ФИО", "B: Дата рождения", "C: Дата зачисления"]
# What is computed or sealed: the next class, a card on its way to another school, a class that comes with a school;
# and the word that confirms.
TYPED += ["Переводов Приходящий", "Заявление", "6А", "8А", "5А (sch-b)", CONFIRMATION]
# What the samples to fill in say as an example.
TYPED += [value for example in EXAMPLES.values() for value in example.values() if isinstance(value, str)]


def data_texts() -> list[str]:
    """Return every text with Cyrillic letters that the database holds, longest first."""
    found: set[str] = set()
    for context in (region(), school(SCHOOL_A.schema)):
        with context, connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND data_type = ANY(%s) AND table_name <> 'django_migrations'",
                [list(READS_LIKE_TEXT)],
            )
            for table, column in cursor.fetchall():
                cursor.execute(f'SELECT DISTINCT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
                found |= {value for (value,) in cursor.fetchall() if CYRILLIC.search(value)}
    pieces = {piece for value in found for piece in re.findall(r'"([^"]*)"', value) if value[:1] in "[{"}
    return sorted({*found, *pieces} - {""}, key=len, reverse=True)


def striker(texts: list[str]) -> Callable[[str], str]:
    """Return what strikes the data out of a text: whole values only, by whole words, in any case of letters."""
    longest_first = sorted(set(texts), key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest_first), re.IGNORECASE)
    return lambda text: pattern.sub(" ", " ".join(text.split()))


class Crawl:
    """Looks at every answer a client gets."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.client.raise_request_exception = False
        self.is_data = striker([*data_texts(), *TYPED])
        self.faults: list[str] = []
        self.numbers = {"pages": 0, "answers to forms": 0, "downloads": 0}

    def get(self, path: str) -> Any:
        """Ask for a page, look at it and return it."""
        response = self.client.get(path)
        self.look(path, response)
        return response

    def look(self, what: str, response: Any) -> None:
        """Note what nobody marked in an answer."""
        kind = response.get("Content-Type", "")
        if "html" in kind:
            self.numbers["pages"] += 1
            found = unmarked_in(response.content.decode(), self.is_data)
        elif "spreadsheet" in kind:
            self.numbers["downloads"] += 1
            found = self._in_workbook(b"".join(response) if response.streaming else response.content)
        else:
            return
        self.faults += [f"{what}: {text}" for text in dict.fromkeys(found)]

    def _in_workbook(self, content: bytes) -> list[str]:
        book = openpyxl.load_workbook(BytesIO(content))
        cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        texts = [*book.sheetnames, *(cell for cell in cells if isinstance(cell, str))]
        pieces = [self.is_data(piece) for text in texts for piece in outside_marks(text)]
        return [piece for piece in pieces if CYRILLIC.search(piece)]

    def send_forms(self, path: str, page: Any) -> None:
        """Send each form of a page empty and filled, look at what comes and at the page it leads to; undo it."""
        for form in forms_in(page.content.decode()):
            target = form.action or path
            if form.method != "post" or not target.startswith("/") or any(word in target for word in seeds.LEAVING):
                continue
            for body in ({}, filled_with(form, str(world.MENTEE))):
                self._send(target, form, body)

    def _send(self, target: str, form: Form, body: dict[str, Any]) -> None:
        self.numbers["answers to forms"] += 1
        kept = self.client.cookies.copy()
        with transaction.atomic():
            response = self.client.post(target, body)
            self.look(f"POST {target}", response)
            if response.status_code == 302 and response["Location"].startswith("/"):
                self.get(response["Location"])
            transaction.set_rollback(True)
        self.client.cookies = kept


def visit(crawl: Crawl, endpoint: Endpoint, *, with_forms: bool) -> None:
    """Ask for an endpoint; once a page came, send its forms."""
    path = endpoint.path(own_values(endpoint))
    page = crawl.get(path)
    if with_forms and page.status_code == 200 and "html" in page.get("Content-Type", ""):
        crawl.send_forms(path, page)


@pytest.fixture
def furnished() -> None:
    seeds.seed_all()
    with school(SCHOOL_A.schema):
        seed_variants()


@pytest.mark.nightly
@pytest.mark.parametrize(("where", "role"), [(where, role) for where in World for role in ROLES[where]])
def test_no_text_is_unmarked(client_at: Any, furnished: None, where: World, role: str) -> None:
    first = role == next(iter(ROLES[where]))
    client = sign_in(client_at, PLACES[where], role, ROLES[where][role], person_id=world.MENTEE)
    crawl = Crawl(client)
    with pseudo_locale():
        for endpoint in endpoints(where):
            visit(crawl, endpoint, with_forms=first)
        for path in VARIANTS[where] if first else ():
            crawl.get(path)
        crawl.get("/no-such-page/")
    print(f"{where} {role}: {crawl.numbers}")
    assert not crawl.faults, "\n".join(dict.fromkeys(crawl.faults))
    assert not first or all(crawl.numbers[kind] >= least for kind, least in AT_LEAST[where].items())


@pytest.mark.parametrize("where", list(World))
def test_no_text_is_unmarked_on_the_way_in(client_at: Any, furnished: None, where: World) -> None:
    label = "region" if where is World.REGION else SCHOOL_A.code
    role = next(iter(ROLES[where]))
    with world_at(PLACES[where]):
        make_user(role, login="on-the-way", name="Идущая Вера")
        code = _invitation(role)
        newcomer = sign_in(client_at, PLACES[where], role)
        newcomer.user.authenticator_set.all().delete()
    public = [endpoint for endpoint in endpoints(where) if endpoint.name in seeds.PUBLIC[where]]
    crawl = Crawl(client_at(label))
    with pseudo_locale():
        for endpoint in public:
            visit(crawl, endpoint, with_forms=True)
        for wrong in ("не тот пароль", PASSWORD):
            crawl.look(
                "signing in",
                crawl.client.post("/accounts/login/", {"login": "on-the-way", "password": wrong}, follow=True),
            )
        crawl.send_forms("/accounts/second-factor/enter/", crawl.get("/accounts/second-factor/enter/"))
        invited = Crawl(client_at(label))
        invited.look("a code", invited.client.post("/invite/", {"code": code}, follow=True))
        invited.send_forms("/invite/account/", invited.get("/invite/account/"))
        starting = Crawl(newcomer)
        starting.look("/", newcomer.get("/", follow=True))
        starting.send_forms("/accounts/second-factor/set-up/", starting.get("/accounts/second-factor/set-up/"))
    faults = [*crawl.faults, *invited.faults, *starting.faults]
    assert not faults, "\n".join(dict.fromkeys(faults))


def _invitation(role: str) -> str:
    from core.accounts.services.invitations import invite
    from core.authz import load_actor

    return invite(actor=load_actor(make_user(role)), name="", roles=[(role, "")]).code


def test_the_crawl_sees_an_unmarked_text() -> None:
    is_data = striker(["Ольга Петровна", "Иванова"])
    html = """<p>⟦Здравствуйте, Ольга⟧ Иванова</p><p title="Закладка">⟦Всего <b>две⟧</b> Ошибка</p>
    <button value="⟦да⟧">⟦Да⟧</button><script>// комментарий</script><svg><text>Ольга Петровна</text></svg>"""
    assert unmarked_in(html, is_data) == ["Ошибка", "Закладка"]
    assert unmarked_in("<p>⟦не закрыта</p> <p>Скрыто</p>", is_data)[0].startswith("1 marks are not closed")
