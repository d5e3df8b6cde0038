"""Pictures of the demonstration region for the README: ``python -m tests.journeys.screenshots OUTDIR``.

Needs an instance that runs with its demonstration data (MENTORING_HOME, else ``.local``). Changes nothing in it: the
import that is shown is cancelled.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser

from tests.support.database import ROOT

WIDTH, HEIGHT, TALL = 1280, 900, 1250
PHONE = (360, 780)
MOST_BYTES = 150 * 1024
SCHOOL, IMPORTING_SCHOOL, DISTRICT = "berezovka", "novoselki", "Лесогорский муниципальный район"
MATCHING_SCHOOL, WORKING_SCHOOL = "alekseevka", "talitsa"
SAMPLE = ROOT / "tests" / "data" / "samples" / "sch01"


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.screenshots", description=__doc__)
    parser.add_argument("outdir", type=Path)
    out: Path = parser.parse_args(arguments).outdir
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.path.insert(0, str(ROOT / "platform"))
    # Date pickers speak the language of the browser's own window.
    os.environ["LANGUAGE"] = "ru"
    import django

    django.setup()
    from tests.journeys.instance import described
    from tests.support.browser import chromium

    out.mkdir(parents=True, exist_ok=True)
    about = described(Path(os.environ.get("MENTORING_HOME", ROOT / ".local")))
    with chromium() as browser:
        take_all(browser, about, out)
    return 0


def take_all(browser: Browser, about: dict[str, Any], out: Path) -> None:
    """Take every picture."""
    region = signed_in(browser, about, about["region_host"], "region_admin")
    shoot(region, "/", out / "region.png", height=TALL)
    region.go("/")
    region.press(DISTRICT)
    region.titled(DISTRICT)
    shoot(region, None, out / "district.png", height=TALL)
    director = signed_in(browser, about, about["schools"][SCHOOL], "director")
    for path, name in (("/", "school-home"), ("/orders/approve/", "approve"), ("/people/", "people")):
        shoot(director, path, out / f"{name}.png")
    coordinator = signed_in(browser, about, about["schools"][IMPORTING_SCHOOL], "coordinator")
    preview(coordinator, out / "import.png")
    curator = signed_in(browser, about, about["schools"][MATCHING_SCHOOL], "curator")
    curator.go("/matching/")
    curator.page.locator("main table a").first.click()
    curator.go(f"{urlsplit(curator.page.url).path}board/")
    shoot(curator, None, out / "board.png", height=TALL)
    for role in ("mentor", "mentee"):
        somebody = signed_in(browser, about, about["schools"][WORKING_SCHOOL], role)
        shoot(somebody, "/", out / f"{role}-phone.png", width=PHONE[0], height=PHONE[1])


def signed_in(browser: Browser, about: dict[str, Any], host: str, role: str) -> Any:
    """Return somebody with a role, signed in on a host."""
    from tests.journeys.hands import Hands

    somebody = Hands(browser, host)
    somebody.sign_in(next(one for one in about["accounts"] if (one["role"], one["host"]) == (role, host)))
    return somebody


def shoot(who: Any, path: str | None, target: Path, *, width: int = WIDTH, height: int = HEIGHT) -> None:
    """Save what the window shows, not the whole page."""
    who.page.set_viewport_size({"width": width, "height": height})
    if path is not None:
        who.go(path)
    who.page.evaluate("document.fonts.ready")
    who.page.screenshot(path=target)
    size = target.stat().st_size
    print(f"{target.name}: {size // 1024} KB")
    if size > MOST_BYTES:
        raise SystemExit(f"{target.name} is larger than {MOST_BYTES // 1024} KB")


def preview(who: Any, target: Path) -> None:
    """Upload a sample as far as the check, show it and cancel it."""
    who.go("/import/")
    who.page.locator("main input[type=file]").set_input_files(sorted(SAMPLE.glob("*.xlsx")))
    who.press("Загрузить и проверить столбцы")
    who.press("Проверить строки")
    who.titled("Проверить и загрузить в школу")
    shoot(who, None, target, height=TALL)
    who.press("Отменить загрузку")


if __name__ == "__main__":
    sys.exit(main())
