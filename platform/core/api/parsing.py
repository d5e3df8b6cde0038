"""Reading what was sent: JSON objects, whatever anybody sends instead."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class StrictJSONParser(JSONParser):
    """JSON whose outermost value is an object; nested deeper than Python can follow is no JSON of ours."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Return the object.

        :raises ParseError: for anything else.
        """
        try:
            found = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError from None
        if not isinstance(found, dict):
            raise ParseError
        return found
