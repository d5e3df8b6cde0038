"""The recount of the sample region equals the figures worked out beside it, to the last person and row."""

import ast
import json
from datetime import date
from pathlib import Path

import tests.support.oracle as oracle
from tests.support.oracle import DEFINITIONS, read_region, recount, report_of

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
ALLOWED_IMPORTS = {
    "argparse",
    "collections",
    "dataclasses",
    "datetime",
    "json",
    "openpyxl",
    "pathlib",
    "re",
    "sys",
    "tests.support.oracle",
}


def test_every_figure_and_every_refused_row_of_the_samples() -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    region, readings = read_region(SAMPLES)
    counted = recount(region, date.fromisoformat(expected["as_of"]))
    assert counted["districts"] == expected["districts"]
    assert counted["region"] == expected["region"]
    schools = {
        code: {**counted["schools"][code], **report_of(reading)}  # type: ignore[index]
        for code, reading in readings.items()
    }
    assert schools == expected["schools"]
    assert len(schools) == 7
    assert sum(len(school["rows_refused"]) for school in schools.values()) == 52  # type: ignore[arg-type]


def test_the_plain_sum_of_schools_counts_part_timers_twice() -> None:
    expected = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    counted = recount(read_region(SAMPLES)[0], date.fromisoformat(expected["as_of"]))
    sums = {
        name: [sum(school[name][place] for school in counted["schools"].values()) for place in (0, 1)]  # type: ignore[attr-defined]
        for name in DEFINITIONS
    }
    assert sums == expected["sum_of_schools"]
    assert sums["teachers"][1] > counted["region"]["teachers"][1]  # type: ignore[index]


def test_the_recount_stands_on_nothing_of_the_product() -> None:
    """A shared line would let the same mistake stand on both sides of the comparison."""
    modules = sorted(Path(oracle.__file__).parent.glob("*.py"))
    assert len(modules) >= 6
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                root = name if name.startswith("tests.") else name.split(".")[0]
                root = "tests.support.oracle" if root.startswith("tests.support.oracle.") else root
                assert root in ALLOWED_IMPORTS, f"{module.name} imports {name}"
