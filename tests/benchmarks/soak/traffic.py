"""Visitors of an installation: what they ask for, from a fixed rate, and what they look for in every answer."""

from __future__ import annotations

import http.client
import io
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import xlsxwriter

from tests.deploy.production import DOMAIN
from tests.support import world

# Canaries of a school name it, whatever their case.
CANARY = re.compile(r"(?:канарейка|фамилия)((?:soak\d{3})|[абв]{2,})")
LONG_IMPORT_ROWS = 3_050
_BOUNDARY = "soak-boundary"


@dataclass(frozen=True)
class Act:
    """One thing to ask for. ``at``: a school or the region; ``weight``: how often, beside the others."""

    name: str
    weight: int
    method: str = "GET"
    path: str = "/"
    at: str = "school"
    by_token: bool = False
    expects: tuple[int, ...] = (200,)


ACTS = (
    Act("home", 50),
    Act("people", 90, path="/people/"),
    Act("person", 80, path=f"/people/{world.MENTEE}/"),
    Act("pairs", 50, path="/pairs/"),
    Act("consents", 40, path="/consents/"),
    Act("coverage", 30, path="/coverage/"),
    Act("not there", 10, path="/people/11111111-0000-4000-8000-000000000001/", expects=(404,)),
    Act("api people", 40, path="/api/v1/people/?limit=50", by_token=True),
    Act("api search", 25, "POST", "/api/v1/people/search/", by_token=True),
    Act("api change", 30, "PUT", f"/api/v1/people/{world.MENTEE}/", by_token=True),
    Act("import", 1, "POST", "/api/v1/imports/upload/", by_token=True, expects=(201,)),
    Act("region", 30, path="/coverage/", at="region"),
    Act("state", 20, path="/operations/", at="region"),
)


# What a soak asks for besides: papers, workbooks, a form sent from its own page, a list that is taken over.
HEAVY = (
    Act("order pdf", 4, path=f"/papers/orders/{world.ORDER}.pdf"),
    Act("order docx", 4, path=f"/papers/orders/{world.ORDER}.docx"),
    Act("export", 8, path="/pairs/export/"),
    Act("new meeting", 12, "FORM", f"/meetings/new/?pair={world.PAIR}"),
    Act("newcomers", 4, "POST", "/api/v1/imports/upload/", by_token=True, expects=(201,)),
)
# What changes the table that the fleet's next version changes.
CONSENT = Act("api consent", 40, "POST", f"/api/v1/people/{world.MENTEE}/consents/", by_token=True, expects=(201,))
READS = tuple(act for act in ACTS if act.method == "GET" and act.at == "school" and act.expects == (200,))


@dataclass(frozen=True)
class Answer:
    """One answer of a school or the region: when it was due, how long from then, what was wrong (empty: nothing)."""

    name: str
    at: float
    seconds: float
    status: int
    fault: str = ""
    code: str = ""


@dataclass
class Visitors:
    """So many people who share one rate; ``answers`` grows while they run."""

    port: int
    schools: dict[str, dict[str, str]]
    region: str
    rate: float
    people: int = 16
    seed: int = 1
    acts: tuple[Act, ...] = ACTS
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._codes = sorted(self.schools)
        self._turns = self._due_times()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._book = _workbook()

    def start(self) -> None:
        """Begin to come."""
        self._threads = [threading.Thread(target=self._come, daemon=True) for _ in range(self.people)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop coming; answers under way are waited for."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _due_times(self) -> Iterator[tuple[float, Act, str]]:
        begin = time.monotonic()
        weights = [act.weight for act in self.acts]
        number = 0
        while True:
            act = self._random.choices(self.acts, weights)[0]
            yield begin + number / self.rate, act, self._codes[number % len(self._codes)]
            number += 1

    def _come(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                due, act, code = next(self._turns)
            wait = due - time.monotonic()
            if wait > 0 and self._stop.wait(wait):
                return
            try:
                self.answers.append(self._ask(act, code, due))
            except OSError as error:
                self.answers.append(Answer(act.name, due, time.monotonic() - due, 0, type(error).__name__, code))

    def _ask(self, act: Act, code: str, due: float) -> Answer:
        status, body, path = self._send("GET" if act.method == "FORM" else act.method, act.path, code, act)
        took = time.monotonic() - due
        fault = fault_of(act, code, status, body)
        if act.method == "FORM" and not fault:
            begun = time.monotonic()
            fault, took = self._send_form(body, code, act), took + time.monotonic() - begun
        if act.name == "newcomers" and status == 201:
            fault = fault or self._finish_import(json.loads(body)["id"], code, act, is_taken=True)
        if act.name == "import" and status == 201:
            fault = fault or self._finish_import(json.loads(body)["id"], code, act)
        return Answer(act.name, due, took, status, fault and f"{fault} {path}", code)

    def _send_form(self, page: str, code: str, act: Act) -> str:
        """Log a meeting from its page; return what was wrong."""
        fields = dict(re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|key)" value="([^"]+)"', page))
        sent = {"unit": f"pair:{world.PAIR}", "held_on": "2026-10-05", "result": f"канарейка{code}", "kind": "regular"}
        body = urlencode({**sent, "is_another": "on", "act": "held", **fields}).encode()
        secret = fields.get("csrfmiddlewaretoken", "")
        status, text, _ = self._send("POST", "/meetings/new/", code, act, body=body, secret=secret)
        return fault_of(replace(act, expects=(302,)), code, status, text)

    def _finish_import(self, job: str, code: str, act: Act, *, is_taken: bool = False) -> str:
        """Have the worker check the list and take it over, or drop it: then nothing of the school changes."""
        status, _body, _ = self._send("POST", f"/api/v1/imports/{job}/check/", code, act)
        if status != 200:
            return f"check {status}"
        if not self._reaches(job, code, act, "checked"):
            return "never checked"
        if not is_taken:
            status, _body, _ = self._send("DELETE", f"/api/v1/imports/{job}/", code, act)
            return "" if status == 204 else f"cancel {status}"
        status, _body, _ = self._send("POST", f"/api/v1/imports/{job}/apply/", code, act)
        if status != 200:
            return f"apply {status}"
        return "" if self._reaches(job, code, act, "done") else "never taken over"

    def _reaches(self, job: str, code: str, act: Act, state: str) -> bool:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            _status, body, _ = self._send("GET", f"/api/v1/imports/{job}/", code, act)
            if json.loads(body)["state"] == state:
                return True
            time.sleep(2)
        return False

    def _send(
        self, method: str, path: str, code: str, act: Act, *, body: bytes | None = None, secret: str = ""
    ) -> tuple[int, str, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        host = f"{code if act.at == 'school' else 'region'}.{DOMAIN}"
        headers = {"Host": host, "X-Forwarded-Proto": "https"}
        if act.by_token:
            headers["Authorization"] = f"Bearer {self.schools[code]['token']}"
            if method in ("POST", "PUT"):
                headers["Idempotency-Key"] = uuid4().hex
                body = self._body(path, code, act)
                kind = "application/json" if body[:1] == b"{" else f"multipart/form-data; boundary={_BOUNDARY}"
                headers["Content-Type"] = kind
        else:
            key = self.schools[code]["session"] if act.at == "school" else self.region
            headers["Cookie"] = f"sessionid={key}" + (f"; csrftoken={secret}" if secret else "")
            if body is not None:
                headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{host}{path}"}
        link.request(method, path, body, headers)
        answer = link.getresponse()
        text = answer.read().decode("utf-8", "replace")
        link.close()
        return answer.status, text, path

    def _body(self, path: str, code: str, act: Act) -> bytes:
        if path.endswith("/search/"):
            return json.dumps({"q": f"Фамилия{code} Ученик"}).encode()
        if path.endswith("/upload/"):
            head = (
                f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="workbooks"; filename="{uuid4().hex}.xlsx"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            )
            book = self._book if act.name == "import" else _workbook(3, uuid4().int)
            return head.encode() + book + f"\r\n--{_BOUNDARY}--\r\n".encode()
        if "/imports/" in path:
            return b"{}"
        if path.endswith("/consents/"):
            consent = {"kind": "processing", "signer": "representative", "given_on": "2026-09-02"}
            return json.dumps({**consent, "number": uuid4().hex}).encode()
        person = {
            "surname": f"Фамилия{code}",
            "name": "Ученик",
            "patronymic": f"канарейка{code}",
            "birth_date": f"2013-03-{1 + self._random.randrange(28):02d}",
            "kinds": ["pupil"],
        }
        return json.dumps(person).encode()


def fault_of(act: Act, code: str, status: int, body: str) -> str:
    """Say what is wrong with an answer: another status, another school's canary, or nothing of our own."""
    seen = set(CANARY.findall(body.lower()))
    mine = {code} if act.at == "school" else set()
    if foreign := seen - mine:
        return f"FOREIGN CANARY {sorted(foreign)}"
    if status not in act.expects:
        return f"status {status}"
    if act.name in ("people", "person", "api people", "api search") and not seen:
        return "nothing of its own"
    return ""


def _workbook(rows: int = LONG_IMPORT_ROWS, first: int = 0) -> bytes:
    out = io.BytesIO()
    book: Any = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Контингент")
    sheet.write_row(0, 0, ["№ п/п", "ФИО обучающегося", "Дата рождения", "Пол", "Класс", "Дата зачисления"])
    for row in range(1, rows + 1):
        letters = "".join(chr(1072 + int(digit)) for digit in str(first + row))
        sheet.write_row(row, 0, [row, f"Долгов{letters} Пётр Ильич", "05.05.2012", "м", "7А", "01.09.2026"])
    book.close()
    return out.getvalue()
