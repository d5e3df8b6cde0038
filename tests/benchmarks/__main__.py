"""Run benchmarks: `python -m tests.benchmarks [NAME [ARGS]]`; without a name, all of them, one after another."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import tests.benchmarks


def names() -> list[str]:
    """Return the benchmarks there are: the modules and packages of this folder that define ``main``."""
    return sorted(found.name for found in pkgutil.iter_modules(tests.benchmarks.__path__) if found.name != "__main__")


def main(arguments: list[str]) -> int:
    """Run what is asked for; 0 when every benchmark kept its promise."""
    known = names()
    if arguments and arguments[0] not in known:
        sys.stderr.write(f"There is no benchmark '{arguments[0]}'. There are: {', '.join(known)}\n")
        return 2
    chosen, rest = (arguments[:1], arguments[1:]) if arguments else (known, [])
    worst = 0
    for name in chosen:
        benchmark = importlib.import_module(f"tests.benchmarks.{name}")
        worst = max(worst, benchmark.main(rest))
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
