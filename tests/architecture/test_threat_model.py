"""Every threat names a test, and every named test exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_threat_names_tests_that_exist():
    text = (ROOT / "platform" / "docs" / "threat-model.md").read_text()
    rows = [line for line in text.splitlines() if re.match(r"\| T\d+ ", line)]
    assert len(rows) >= 10
    numbers = [row.split()[1] for row in rows]
    assert len(numbers) == len(set(numbers)), "a number stands twice"
    defined = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row.rsplit("|", 2)[1])
        assert named, f"no test named: {row[:60]}"
        assert set(named) <= defined, f"no such test: {set(named) - defined}"
