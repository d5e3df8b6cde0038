"""Pages of the school's own forms of mentoring."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.authz import actor_of, requires
from schools.people.editions import SeenField, edition_of, is_stale, take_newer
from schools.people.errors import FaultyActError
from schools.people.models import PersonKindChoice
from schools.people.pages import show_faults
from schools.programme import own_forms
from schools.programme.models import SchoolForm
from tenants.reference.kinds import words_for
from tenants.reference.selectors import Form, regional_forms_now


class OwnFormForm(forms.Form):
    """A form of mentoring with its two sides."""

    title = forms.CharField(
        label=gettext_lazy("Название"),
        max_length=120,
        help_text=gettext_lazy("Как в приказах и списках: «преподаватель – обучающийся»."),
    )
    mentor_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Кто может быть наставником"),
        choices=PersonKindChoice.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    mentee_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Кто может быть наставляемым"),
        choices=PersonKindChoice.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    role_variants = forms.CharField(
        label=gettext_lazy("Ролевые модели"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Каждая с новой строки, например «лидер – пассивный». Можно не заполнять."),
    )
    is_mentor_outside = forms.BooleanField(label=gettext_lazy("Наставник не из школы"), required=False)
    is_offered = forms.BooleanField(label=gettext_lazy("Предлагать при составлении пар"), required=False, initial=True)
    seen = SeenField()

    def clean_role_variants(self) -> list[str]:
        """Return the lines."""
        return str(self.cleaned_data["role_variants"]).splitlines()


@requires("programme.edit")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the region's forms and the school's own."""
    own = own_forms.own_forms_visible_to(actor_of(request))
    rows = [*(_row(row) for row in regional_forms_now()), *(_row(row, row) for row in own)]
    return render(request, "programme/forms.html", {"rows": rows})


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a form."""
    return _page(request, None)


@requires("programme.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, own_form_id: UUID) -> HttpResponse:
    """Change a form."""
    return _page(request, own_forms.own_form_for(actor=actor_of(request), own_form_id=own_form_id))


def _row(form: Form | SchoolForm, own: SchoolForm | None = None) -> dict[str, Any]:
    mentor, mentee = words_for(list(form.mentor_kinds)), words_for(list(form.mentee_kinds))
    variants = ", ".join(own.role_variants) if own is not None else ""
    return {"title": form.title, "mentor": mentor, "mentee": mentee, "variants": variants, "form": own}


def _page(request: HttpRequest, known: SchoolForm | None) -> HttpResponse:
    actor = actor_of(request)
    values = own_forms.form_values(known) if known else {}
    initial = {**values, "seen": edition_of(values)} if known else {}
    if known is not None:
        initial["role_variants"] = "\n".join(known.role_variants)
    form = OwnFormForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        seen = typed.pop("seen")
        data = own_forms.FormData(**typed)
        try:
            if known is None:
                own_forms.add_form(actor=actor, data=data)
            else:
                own_forms.edit_form(actor=actor, own_form_id=known.pk, data=data, seen=seen)
        except FaultyActError as refusal:
            show_faults(form, refusal)
            if is_stale(refusal):
                take_newer(form, values=values, typed=typed)
        else:
            messages.success(request, _("Форма сохранена."))
            return redirect("programme:forms")
    return render(request, "programme/form_edit.html", {"form": form, "known": known})
