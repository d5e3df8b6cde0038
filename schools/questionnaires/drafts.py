"""Answers on two devices: what a page saw comes back with what is typed there, so that an older page loses nothing.

A page carries a stamp of what it was opened with and a key of its own. The session keeps what that page wrote last: on
a bad line a draft is kept and the answer is lost, and the page must not take its own draft for another device's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from schools.people.editions import changed_since, edition_of, refuse_overtaken, take_newer
from schools.people.errors import FaultyActError
from schools.questionnaires.domain import AnswerError, ResponseState, checked_answer
from schools.questionnaires.models import Response
from schools.questionnaires.naming import named_by
from tenants.reference.items import Item, ItemType, items_from

# No code of an item begins so.
SEEN: Final = "_seen"
PAGE: Final = "_page"
# Of a link whose draft was written elsewhere: nothing of it is shown, so nothing of it was seen.
NOTHING_SEEN: Final = "-"
_WRITTEN: Final = "_questionnaire_page"
_LONGEST_WORDS: Final = 300


def values_of(row: Response) -> dict[str, Any]:
    """Return what a page of answers shows, by code of item; None without an answer."""
    shown = row.shown
    return {item.code: shown.get(item.code) for item in items_from(row.round.template.items)}


def edition_of_answers(row: Response) -> str:
    """Return the stamp of what a page of one's own answers shows; the template is loaded."""
    return edition_of(values_of(row))


def typed_values(items: Sequence[Item], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return typed answers as :func:`values_of` does stored ones; what does not fit, as it was typed."""
    return {item.code: _plain(item, typed.get(item.code)) for item in items}


def _plain(item: Item, typed: Any) -> Any:
    people = [each for each in typed if isinstance(each, str)] if isinstance(typed, list) else []
    try:
        return checked_answer(item, typed, people)
    except AnswerError:
        return typed


def refuse_older(row: Response, typed: Mapping[str, Any], seen: str | None) -> None:
    """Refuse to write one's own answers over newer ones: the row is held. ``seen`` is the page's stamp.

    :raises FaultyActError: ``stale``, at each question that was answered otherwise on another device.
    """
    if seen is None or row.state == ResponseState.SUBMITTED:
        return
    items, values = items_from(row.round.template.items), values_of(row)
    if not changed_since(seen, values):
        return
    words = {item.code: _in_words(row, item, values[item.code]) for item in items}
    whole = _(
        "На другом устройстве эту анкету уже дополнили. Отмечено то, что там изменили. Если сохранить ещё раз, "
        "останется то, что сейчас на этой странице."
    )
    refuse_overtaken(seen=seen, values=values, typed=typed_values(items, typed), words=words, whole=whole)


def refuse_unseen(row: Response, seen: str | None) -> None:
    """Refuse to write by a link over a draft which this page did not show: the row is held. Of the draft no word.

    :raises FaultyActError: ``stale``.
    """
    if seen is None or not row.draft or row.state == ResponseState.SUBMITTED or seen == str(row.revision):
        return
    sentence = _(
        "Эту анкету уже заполняют на другом устройстве. Допишите её там или отправьте отсюда ещё раз: тогда останутся "
        "только ответы с этой страницы."
    )
    raise FaultyActError.of("stale", sentence)


def _in_words(row: Response, item: Item, value: Any) -> str:
    if value is None:
        return ""
    match item.type:
        case ItemType.YES_NO:
            return _("да") if value else _("нет")
        case ItemType.CHOICE | ItemType.CHOICES:
            titles = {option.code: option.title for option in item.options}
            return "; ".join(titles.get(code, code) for code in ([value] if isinstance(value, str) else value))
        case ItemType.PEOPLE:
            found = named_by(row.round.template.role, value, {})
            return ", ".join(found[key].person.full_name for key in value if found[key].person)  # type: ignore[union-attr]
        case _:
            return str(value)[:_LONGEST_WORDS]


def seen_by_page(request: HttpRequest, row: Response, stamp: str | None) -> str | None:
    """Return what a page saw last: the stamp it sends, or that of its own last writing."""
    last = request.session.get(_WRITTEN) or {}
    is_own = last.get("page") == request.POST.get(PAGE, "") and last.get("response") == str(row.pk)
    return str(last["stamp"]) if is_own else stamp


def remember_writing(request: HttpRequest, row: Response, stamp: str) -> None:
    """Keep what a page wrote last."""
    if page := request.POST.get(PAGE, "")[:40]:
        request.session[_WRITTEN] = {"page": page, "response": str(row.pk), "stamp": stamp}


def add_stamp(form: forms.Form, stamp: str) -> None:
    """Give a form the inputs that carry the stamp and the key of its page."""
    for name, value in ((SEEN, stamp), (PAGE, uuid4().hex)):
        form.fields[name] = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
        form.fields[name].initial = value


def seen_in(form: forms.Form) -> str | None:
    """Return the stamp that a form brought back; None without one."""
    return form.cleaned_data.get(SEEN) or None


def show_newer(form: forms.Form, row: Response, typed: Mapping[str, Any]) -> None:
    """Let one's own answers be sent once more, knowingly; what was left as it was shown takes the newer answers."""
    items = items_from(row.round.template.items)
    take_newer(form, values=values_of(row), typed=typed_values(items, typed), stamp=SEEN)
    _renew(form)


def show_unseen(form: Any, row: Response) -> None:
    """Let answers by a link be sent once more, knowingly."""
    form.data = form.data.copy()
    form.data[SEEN] = str(row.revision)
    _renew(form)


def _renew(form: Any) -> None:
    # What this page wrote before is not what it has seen now.
    form.data[PAGE] = uuid4().hex
