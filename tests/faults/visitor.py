"""A visitor of a real web server: keeps cookies, fills in forms, and times every answer."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.support.accounts import totp_code

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Visitor:
    """Somebody on one host of an instance; ``took`` gathers (what, seconds) of every answer."""

    port: int
    host: str
    took: list[tuple[str, float]] = field(default_factory=list)
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def get(self, path: str) -> int:
        """Ask for a page and return its status."""
        return self._ask("GET", path, None)[0]

    def post(self, path: str, **fields: str | list[str]) -> tuple[int, str]:
        """Send the form of the page read last; status and where it leads."""
        found = TOKEN.search(self.page)
        assert found, f"no form on the page before {path}"
        body = urlencode({"csrfmiddlewaretoken": found[1], **fields}, doseq=True)
        return self._ask("POST", path, body)

    def sign_in(self, login: str, password: str, secret: str, *, steps_ahead: int = 0) -> None:
        """Pass both steps."""
        assert self.get("/accounts/login/") == 200
        status, place = self.post("/accounts/login/", login=login, password=password)
        assert (status, place) == (302, "/accounts/second-factor/enter/"), self.page[:2000]
        assert self.get(place) == 200
        status, _ = self.post(place, code=totp_code(secret, steps_ahead=steps_ahead))
        assert status == 302, self.page[:2000]

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": f"{self.host}.localhost:{self.port}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begin = time.monotonic()
        link.request(method, path, body, headers)
        answer = link.getresponse()
        self.page = answer.read().decode(errors="replace")
        self.took.append((f"{method} {self.host}{path.partition('?')[0]}", time.monotonic() - begin))
        for value in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        link.close()
        return answer.status, answer.headers.get("Location") or ""
