"""Blocks of a home page that other apps fill: the page itself knows none of them.

An app registers a function in its ``AppConfig.ready``; it is asked once for every view of the home page, in a constant
number of queries, and answers None where there is nothing to say to this reader::

    register_home_block("worklist", my_block, order=20)
    def my_block(request): return HomeBlock("worklist/home.html", {"rows": …})

The template sees ``block`` (the context given) and stands between the next step and the figures, or above them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class HomeBlock:
    """A part of the home page: a template and what it is told. One that ``cannot_wait`` stands above the next step."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    cannot_wait: bool = False


Build = Callable[[HttpRequest], HomeBlock | None]
_blocks: dict[str, tuple[int, Build]] = {}


def register_home_block(name: str, build: Build, *, order: int = 100) -> None:
    """Add a block; the same name replaces it."""
    _blocks[name] = (order, build)


def home_blocks(request: HttpRequest) -> list[HomeBlock]:
    """Return what the apps have to say to the reader, in order."""
    built = (build(request) for _order, build in sorted(_blocks.values(), key=lambda row: row[0]))
    return [block for block in built if block is not None]
