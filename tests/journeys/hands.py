"""What a person does with a page, in the words the page uses."""

from __future__ import annotations

import re
import time
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.support.accounts import totp_code
from tests.support.browser import Watch, axe_violations, open_page, sideways_overflow_px

WAIT_MS = 20_000


class Hands:
    """Somebody at a browser of his own, on one host."""

    def __init__(self, browser: Browser, host: str) -> None:
        self.page: Page
        self.watch: Watch
        self.page, self.watch = open_page(browser, base_url=f"http://{host}")
        self.page.set_default_timeout(WAIT_MS)
        self.secret = ""

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(path)

    def press(self, words: str) -> None:
        """Press the button or follow the link of the page's main part that says exactly this."""
        main = self.page.locator("main")
        name = re.compile(rf"^\s*{re.escape(words)}\s*$")
        main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()

    def write(self, label: str, text: str) -> None:
        """Write into the field of a label."""
        self.field(label).fill(text)

    def write_day(self, label: str, day: date) -> None:
        """Pick a day."""
        self.field(label).fill(day.isoformat())

    def field(self, label: str) -> Locator:
        """Return the field of a label."""
        return self.page.locator("main").get_by_label(
            re.compile(rf"^\s*{re.escape(label)}(\s+\(?необязательно\)?)?\s*$")
        )

    def choose(self, label: str, words: str) -> None:
        """Choose an option of a list by its words."""
        self.field(label).select_option(label=words)

    def mark(self, words: str) -> None:
        """Mark a box or a circle whose label contains the words."""
        self.page.locator("main label").filter(has_text=words).first.locator("input").check()

    def sees(self, words: str) -> None:
        """Wait until the page's main part says this."""
        expect(self.page.locator("main")).to_contain_text(words, timeout=WAIT_MS)

    def titled(self, words: str) -> None:
        """Wait until the page's heading contains this."""
        expect(self.page.locator("h1")).to_contain_text(words, timeout=WAIT_MS)

    def shown_code(self) -> str:
        """Return the code that the page shows this once."""
        return self.page.locator("main code").first.inner_text()

    def press_in_row(self, row: str, words: str) -> None:
        """Follow the link that begins with these words in the table row that says the others."""
        self._in_row(row).get_by_role("link", name=re.compile(rf"^\s*{re.escape(words)}")).first.click()

    def _in_row(self, words: str) -> Locator:
        return self.page.locator("main tbody tr").filter(has_text=words).first

    def takes(self, words: str, within: str = "") -> bytes:
        """Follow the link that gives a file, in the table row with some words if given; return the file."""
        place = self._in_row(within) if within else self.page.locator("main")
        with self.page.expect_download() as coming:
            place.get_by_role("link", name=re.compile(rf"^\s*{re.escape(words)}")).first.click()
        return Path(coming.value.path()).read_bytes()

    def looks_right(self) -> None:
        """At a desk and on a phone: no fault of accessibility, nothing wider than the screen."""
        assert axe_violations(self.page) == []
        for width in (360, 1280):
            self.page.set_viewport_size({"width": width, "height": 900})
            assert sideways_overflow_px(self.page) == 0, f"{self.page.url} at {width}"

    def sign_in(self, account: dict[str, Any]) -> None:
        """Sign in with login, password and, where the account has one, a code from the generator."""
        self.go("/accounts/login/")
        self.write("Логин", account["login"])
        self.write("Пароль", account["password"])
        self.press("Войти")
        if account["totp_secret"]:
            self.page.wait_for_url("**/second-factor/enter/**")
            self._enter_code(account["totp_secret"])

    def accept(self, code: str, *, login: str, password: str, name: str = "") -> None:
        """Come by an invitation: type the code, choose login and password, set up the second factor."""
        self._type_code(code)
        if name:
            self.write("Фамилия, имя, отчество", name)
        self.write("Логин", login)
        self.write("Пароль", password)
        self.write("Пароль ещё раз", password)
        self.press("Создать учётную запись и войти")
        self.titled("Настройте второй фактор")
        self.secret = self.page.locator("main code").first.inner_text().replace(" ", "")
        self._enter_code(self.secret)
        self.titled("Запасные коды")

    def _enter_code(self, secret: str) -> None:
        """Enter what the generator shows; once more when that ran out between reading and sending."""
        for _attempt in range(3):
            self.page.locator("main [name=code]").fill(totp_code(secret))
            with self.page.expect_navigation():
                self.page.locator("main form button").first.click()
            if "/second-factor/" not in self.page.url:
                return
            self.page.wait_for_timeout(2_000)
        raise AssertionError(f"no code is taken at {self.page.url}")

    def _type_code(self, code: str) -> None:
        """Type the code; one that the region gave a second ago may not have reached the school yet."""
        deadline = time.monotonic() + WAIT_MS / 1000
        while True:
            self.go("/invite/")
            self.write("Код приглашения", code)
            with self.page.expect_navigation():
                self.press("Дальше")
            if "/invite/account/" in self.page.url or time.monotonic() > deadline:
                self.titled("Придумайте логин и пароль")
                return
            self.page.wait_for_timeout(300)

    def quiet(self) -> None:
        """Check that nothing was complained about, and leave."""
        self.watch.assert_quiet()
        self.page.context.close()


def lines_of_docx(content: bytes) -> list[str]:
    """Return the paragraphs of a document, as a word processor would show them."""
    return [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs]


def text_of_pdf(content: bytes) -> str:
    """Return all text of a PDF without spaces: lines break elsewhere than in a DOCX."""
    pages = (page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return "".join("".join(pages).split())
