"""Scans in the round of a school's API."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.schools.papers.files import photograph
from tests.support import seeds


def attachments(ask: Any) -> None:
    """Add a file to each of the three, read it, take it away."""
    for place in ("consent", "order", "meeting"):
        path = {f"{place}_id": seeds.OWN[f"{place}_id"]}
        url = f"{place}s/{{{place}_id}}/files/"
        file = SimpleUploadedFile("скан.jpg", photograph(), "image/jpeg")
        made = ask("POST", url, {"file": file}, **path)
        assert made["media"] == "image/jpeg"
        assert [row["id"] for row in ask("GET", url, **path)["items"]][-1] == made["id"]
        assert ask("GET", "files/{attachment_id}/", attachment_id=made["id"])[:3] == b"\xff\xd8\xff"
        ask("DELETE", "files/{attachment_id}/", attachment_id=made["id"])
