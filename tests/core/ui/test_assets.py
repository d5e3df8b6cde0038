"""Stylesheets and vendored files: enough contrast in every scheme, our own host only, licences beside the files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import core.ui

STATIC = Path(core.ui.__file__).parent / "static" / "ui"
TOKENS = (STATIC / "tokens.css").read_text(encoding="utf-8")

# Words on their grounds (4.5:1), then drawn edges and marks on theirs (3:1).
TEXT_PAIRS = [
    *[("ink", ground) for ground in ("paper", "surface", "accent-soft", "stop-soft", "wait-soft", "ok-soft")],
    *[("ink-soft", ground) for ground in ("paper", "surface", "accent-soft")],
    *[("accent", ground) for ground in ("paper", "surface", "accent-soft")],
    *[(kind, f"{kind}-soft") for kind in ("ok", "work", "wait", "stop", "none")],
    ("stop", "paper"),
    ("stop", "surface"),
    ("ok", "surface"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-deep"),
    ("surface", "stop"),
]
EDGE_PAIRS = [
    ("line-strong", "surface"),
    ("line-strong", "paper"),
    ("focus", "paper"),
    ("focus", "surface"),
    ("accent", "track"),
    ("ink", "track"),
]
SCHEMES = ["", "black-on-white", "white-on-black", "blue"]


def declarations(selector: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", TOKENS, flags=re.S)):
        if selector in [part.strip() for part in selectors.split(",")]:
            found |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    return found


def palette(scheme: str) -> dict[str, str]:
    values = declarations(":root") | (declarations(f".a-scheme-{scheme}") if scheme else {})

    def resolve(value: str) -> str:
        inner = re.fullmatch(r"var\(--([\w-]+)\)", value)
        return resolve(values[inner[1]]) if inner else value

    return {name: resolve(value) for name, value in values.items()}


def luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_contrast(scheme: str) -> None:
    colours = palette(scheme)
    text = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXT_PAIRS}
    edges = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in EDGE_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in text.items() if ratio < 4.5} == {}
    assert {pair: round(ratio, 2) for pair, ratio in edges.items() if ratio < 3} == {}


def test_stylesheets_ask_only_for_files_that_are_here() -> None:
    asked = []
    for sheet in STATIC.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text
        asked += re.findall(r'url\("?([^")]+)"?\)', text)
    assert len(asked) == 8
    assert [name for name in asked if not (STATIC / name).is_file()] == []


def test_vendored_files_stand_beside_their_licences() -> None:
    assert "SIL Open Font License" in (STATIC / "fonts" / "LICENSE-PT-Sans.txt").read_text(encoding="utf-8")
    axe = Path(__file__).parents[2] / "support" / "axe"
    assert "Mozilla Public License" in (axe / "LICENSE").read_text(encoding="utf-8")


def test_fonts_are_eight_files_and_what_most_pages_take_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2")}
    assert len(sizes) == 8
    assert sum(size for name, size in sizes.items() if "-ext-" not in name) < 160_000
    assert sum(sizes.values()) < 300_000
