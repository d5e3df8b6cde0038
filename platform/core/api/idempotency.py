"""An unsafe request with an ``Idempotency-Key`` acts once: a repetition gets the first answer (contracts, §7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.models import KeptAnswer
from core.api.problems import Problem, ProblemError

KEPT_HOURS = 24
_LONGEST_KEY = 200
HEADER = "Idempotency-Key"
REPEATED_HEADER = "Idempotency-Replayed"


def answered_once(request: Request, *, sender: UUID, secrets: Sequence[str], act: Callable[[], Response]) -> Response:
    """Return the answer of ``act``, or the one that the same request got within 24 hours.

    Only what succeeded is kept, in the transaction of the act: a refused request may be mended and sent again under
    its key. Two at the same time: the second waits and gets the first one's answer. Members named by ``secrets`` are
    told once and are empty in a repetition.

    :raises ProblemError: the key is too long, or came with another body.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return act()
    if len(key) > _LONGEST_KEY or not key.isprintable():
        raise ProblemError(Problem(422, "bad_idempotency_key", _("Ключ повтора: до 200 печатных знаков.")))
    route = f"{request.method} {request.path}"[:200]
    digest = _digest(request)
    if (known := _known(sender, route, key, digest)) is not None:
        return known
    try:
        with transaction.atomic():
            row = KeptAnswer.objects.create(
                sender=sender, route=route, key=key, body_hash=digest, created_at=timezone.now()
            )
            response = act()
            row.status, row.body = response.status_code, _without(response.data, secrets)
            row.save(update_fields=["status", "body"])
    except IntegrityError:
        # Somebody else's key came in between, or the act itself broke a rule of the tables.
        if (known := _known(sender, route, key, digest)) is None:
            raise
        return known
    return response


def forget_old_answers() -> int:
    """Forget answers that no repetition gets any more; return how many."""
    old = timezone.now() - timedelta(hours=KEPT_HOURS)
    return KeptAnswer.objects.filter(created_at__lt=old).delete()[0]


def _known(sender: UUID, route: str, key: str, digest: str) -> Response | None:
    forget_old_answers()
    row = KeptAnswer.objects.filter(sender=sender, route=route, key=key).first()
    if row is None:
        return None
    if row.body_hash != digest:
        words = _("С этим ключом уже пришёл другой запрос. Для нового запроса нужен новый ключ.")
        raise ProblemError(Problem(422, "idempotency_key_reused", words))
    return Response(row.body, status=row.status, headers={REPEATED_HEADER: "true"})


def _digest(request: Request) -> str:
    """Return what tells one request's content from another's: the parsed fields and the bytes of files."""
    parts: list[list[Any]] = []
    for name, value in sorted(request.data.items()) if isinstance(request.data, Mapping) else [("", request.data)]:
        values = request.data.getlist(name) if hasattr(request.data, "getlist") else [value]
        parts += [[name, _of_file(each) if hasattr(each, "chunks") else each] for each in values]
    return sha256(json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str).encode()).hexdigest()


def _of_file(file: Any) -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return f"{file.name}:{digest.hexdigest()}"


def _without(data: Any, secrets: Sequence[str]) -> Any:
    """Return the answer as it is kept: as JSON, and without what is told once."""
    kept = json.loads(JSONRenderer().render(data)) if data is not None else None
    if isinstance(kept, dict):
        kept |= {name: "" for name in secrets if name in kept}
    return kept
