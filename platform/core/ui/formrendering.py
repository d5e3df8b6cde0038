"""How a form field becomes accessible markup: ids, descriptions and error links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString

from core.ui.forms import LimitedFileField


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """One line of the summary; without ``target`` the error belongs to the form as a whole."""

    target: str
    label: str
    message: str


def error_links(form: BaseForm) -> list[ErrorLink]:
    """List a form's errors in the order of its fields, the form's own first.

    A field whose label says enough only where it stands names itself here by ``label_in_summary``.
    """
    links = [ErrorLink("", "", str(message)) for message in form.non_field_errors()]
    for bound in form:
        label = "" if bound.is_hidden else str(getattr(bound.field, "label_in_summary", bound.label))
        target = "" if bound.is_hidden else first_control_id(bound)
        links += [ErrorLink(target, label, str(message)) for message in bound.errors]
    return links


def first_control_id(bound: BoundField) -> str:
    """Return the id that a link must point to so that focus lands on the control (the first of a group)."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def field_context(bound: BoundField, *, width: str = "", hint: str = "", compact: bool = False) -> dict[str, Any]:
    """Prepare one field for its template; ids follow Django's own (``…_helptext``, ``…_error``)."""
    limits = bound.field.limits_text if isinstance(bound.field, LimitedFileField) else ""
    hints = [text for text in (hint or str(bound.help_text or ""), limits) if text]
    described = _described_by(bound, has_hint=bool(hints))
    widget = bound.field.widget
    is_single_check = isinstance(widget, forms.CheckboxInput)
    return {
        "bound": bound,
        "control": _control(bound, width=width, described=described),
        "hints": hints,
        "described": described,
        "is_single_check": is_single_check,
        "is_group": bound.use_fieldset and not is_single_check,
        "is_optional": not (bound.field.required or is_single_check or compact),
        "hint_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
    }


def _described_by(bound: BoundField, *, has_hint: bool) -> str:
    ids = [str(bound.field.widget.attrs.get("aria-describedby", ""))]
    if has_hint:
        ids.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(filter(None, ids))


def _control(bound: BoundField, *, width: str, described: str) -> SafeString:
    widget = bound.field.widget
    classes = [str(widget.attrs.get("class", "")), _class_of(widget)]
    if width:
        classes.append(f"input--{width}")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    if described and not bound.use_fieldset:
        attrs["aria-describedby"] = described
    return bound.as_widget(attrs=attrs)


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "input input--file"
    if isinstance(widget, forms.Select):
        return "input input--select"
    return "input"
