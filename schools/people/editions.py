"""Two who change one record: what each saw comes back with what he typed, so that the later one learns of the earlier.

An edition is a stamp of the values that may be typed: a keyed print of each. It tells which of them have
changed since, and nothing of what they are.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core.accounts.selectors import names_of
from core.audit.models import AuditRecord
from core.tenancy import require
from schools.people.errors import Fault, FaultyActError

# Of one value: 32 bits are enough to see that it is another, and say nothing without the key.
_DIGITS: Final = 8
LONGEST_EDITION: Final = 1000
_STALE: Final = "stale"


@dataclass(frozen=True, slots=True)
class Acts:
    """Where the audit keeps who wrote a record: type and id, the acts that change it, and what their details say."""

    object_type: str
    object_id: UUID
    actions: Collection[str]
    details: Mapping[str, str] = field(default_factory=dict)


class SeenField(forms.CharField):
    """The hidden input that carries the edition which a form was opened with."""

    def __init__(self) -> None:
        """Ask for nothing: a form without it is written as it stands."""
        super().__init__(required=False, max_length=LONGEST_EDITION, widget=forms.HiddenInput)

    def clean(self, value: Any) -> str | None:
        """Return the edition, None without one."""
        return super().clean(value) or None


def edition_of(values: Mapping[str, Any]) -> str:
    """Return the stamp of named values as they stand: eight hex digits of each, in the order of their names.

    :raises NoContextError: outside every context.
    """
    # Of this school alone: the same values are told by another stamp elsewhere.
    key = salted_hmac(f"schools.people.edition:{require().stamp}", "", algorithm="sha256").digest()
    return "".join(_print_of(key, name, values[name]) for name in sorted(values))


def _print_of(key: bytes, name: str, value: Any) -> str:
    told = sorted(value) if isinstance(value, set | frozenset) else value
    text = json.dumps([name, told], default=str, ensure_ascii=False, sort_keys=True)
    return blake2b(text.encode(), digest_size=_DIGITS // 2, key=key).hexdigest()


def changed_since(seen: str, values: Mapping[str, Any]) -> list[str]:
    """Return the names of the values that are others than in the edition that was seen; of no edition, all."""
    now = edition_of(values)
    if len(seen) != len(now):
        return list(values)
    starts = {name: place * _DIGITS for place, name in enumerate(sorted(values))}
    return [name for name in values if seen[(at := starts[name]) : at + _DIGITS] != now[at : at + _DIGITS]]


def refuse_overtaken(
    *,
    seen: str | None,
    values: Mapping[str, Any],
    typed: Mapping[str, Any],
    words: Mapping[str, str],
    acts: Acts | None = None,
    whole: str = "",
) -> None:
    """Refuse to write over what somebody else has written since: the record is held and ``values`` stand in it.

    What both say alike is no conflict: a form that is sent twice is written once. ``seen`` is the edition of the
    editor, None for one who does not say; ``words`` are the values as people read them, ``whole`` a sentence
    for the whole instead of who was there first.

    :raises FaultyActError: ``stale``, once for the whole and once at each value, with what stands there now.
    """
    overtaken = [] if seen is None else [name for name in changed_since(seen, values) if typed[name] != values[name]]
    if not overtaken:
        return
    at_fields = [Fault(_STALE, _now(words.get(name, "")), name) for name in overtaken]
    raise FaultyActError(Fault(_STALE, whole or _whole(acts)), *at_fields)


def _now(words: str) -> str:
    return _("Здесь теперь: «%(now)s».") % {"now": words} if words else _("Здесь теперь пусто.")


def _whole(acts: Acts | None) -> str:
    after = _("Изменённое отмечено. Если сохранить ещё раз, останется то, что сейчас в полях.")
    row = None
    if acts is not None:
        rows = AuditRecord.objects.filter(object_type=acts.object_type, object_id=str(acts.object_id))
        rows = rows.filter(action__in=acts.actions, details__contains=dict(acts.details))
        row = rows.order_by("-at").first()
    who = names_of([row.actor_id]).get(str(row.actor_id), "") if row is not None else ""
    if row is None or not who:
        return _("Пока вы писали, запись изменил другой человек.") + " " + after
    words = {"who": who, "at": f"{timezone.localtime(row.at):%d.%m.%Y %H:%M}"}
    return _("Пока вы писали, запись изменил другой человек: %(who)s, %(at)s.") % words + " " + after


def is_stale(refusal: FaultyActError) -> bool:
    """Tell whether a refusal is one of :func:`refuse_overtaken`."""
    return any(fault.code == _STALE for fault in refusal.faults)


def take_newer(
    form: Any,
    *,
    values: Mapping[str, Any],
    typed: Mapping[str, Any],
    inputs: Mapping[str, Sequence[str]] | None = None,
    stamp: str = "seen",
) -> None:
    """Let a form that came too late be sent once more, knowingly.

    What the editor had left as it was shown takes what stands now, from the form's ``initial``; what he typed stays as
    he typed it. ``inputs`` are the names of a value's inputs where they are not its own, ``stamp`` is the name of the
    edition's.
    """
    seen = str(form.data.get(form.add_prefix(stamp)) or "")
    untouched = set(typed) - set(changed_since(seen, typed))
    form.data = form.data.copy()
    for name in changed_since(seen, values):
        for each in (inputs or {}).get(name, (name,)) if name in untouched else ():
            _set(form, each)
    form.data[form.add_prefix(stamp)] = edition_of(values)


def _set(form: Any, name: str) -> None:
    value = form.get_initial_for_field(form.fields[name], name)
    key, data = form.add_prefix(name), form.data
    if isinstance(value, list | tuple | set | frozenset):
        data.setlist(key, [str(each) for each in value])
    elif isinstance(value, bool):
        data.setlist(key, ["on"] if value else [])
    else:
        data[key] = "" if value is None else str(value)


def in_words(value: Any) -> str:
    """Return a value of a record as people read it: a day as дд.мм.гггг, a text as it is, nothing as an empty word."""
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return "" if value is None else str(value)
