"""A pytest plugin: without a Chromium, journeys are skipped and named; under continuous integration that fails.

Loaded by `run.py test`. A journey is a test marked `browser`.
"""

import os

import pytest

from deploy.launch.browser import find_chromium

REASON = "no Chromium on this machine"


def is_continuous_integration() -> bool:
    """Say whether a skipped journey is a failure."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the journeys where no browser is."""
    if find_chromium():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=REASON))


def _skipped_journeys(reporter: "pytest.TerminalReporter") -> list[str]:
    skipped = reporter.stats.get("skipped", [])
    return sorted({report.nodeid for report in skipped if REASON in str(report.longrepr)})


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a run that skipped journeys into a failed one under continuous integration."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and is_continuous_integration() and _skipped_journeys(reporter):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Name the journeys that were skipped."""
    journeys = _skipped_journeys(terminalreporter)
    if not journeys:
        return
    terminalreporter.section(f"{len(journeys)} journeys skipped: {REASON}", red=is_continuous_integration())
    for nodeid in journeys:
        terminalreporter.line(nodeid)
    terminalreporter.line("Debian: apt-get install chromium-headless-shell; or name one in CHROMIUM.")
