"""Pages where cards that look like one person's are compared, and made one or told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts.forms import RoleTitles
from core.accounts.models import User
from core.authz import Actor, actor_of, requires
from core.authz.registry import World
from core.text import format_snils
from core.ui.components import Fact
from core.ui.pagination import paginate
from schools.people.duplicates import (
    NO_PATRONYMIC,
    ONE_LETTER,
    OTHER_DATE,
    OTHER_SURNAME,
    SAME_NAME,
    SAME_SNILS,
    cards_named,
    duplicate_candidates,
)
from schools.people.errors import FaultyActError
from schools.people.merging import CHOICES, merge_people, tell_apart
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults, with_link
from schools.people.second_logins import default_login, logins_of
from schools.people.selectors import people_visible_to, person_for, place_of, with_enrolments
from schools.people.upon_cards import remarks_upon

WHY: Final = {
    SAME_SNILS: gettext_lazy("один СНИЛС"),
    SAME_NAME: gettext_lazy("одно имя и дата рождения"),
    ONE_LETTER: gettext_lazy("имена отличаются одной буквой, дата рождения одна"),
    NO_PATRONYMIC: gettext_lazy("у одного нет отчества, остальное совпадает"),
    OTHER_DATE: gettext_lazy("одно имя, даты рождения отличаются на описку"),
    OTHER_SURNAME: gettext_lazy("одна дата рождения, имя и отчество, фамилии разные"),
}
_TITLES: Final = {
    "full_name": gettext_lazy("ФИО"),
    "birth_date": gettext_lazy("Дата рождения"),
    "snils": gettext_lazy("СНИЛС"),
    "sex": gettext_lazy("Пол"),
    "phone": gettext_lazy("Телефон"),
    "email": gettext_lazy("Электронная почта"),
}


class OtherCardForm(forms.Form):
    """Whose card is looked for. The name travels in the body: it stands in no address."""

    q = forms.CharField(label=gettext_lazy("Имя в другой карточке"), max_length=100, required=False)


class MergeForm(forms.Form):
    """What stays of two cards, for everything in which they differ; the first card's values are proposed.

    With a login on each card, also which one stays. ``logins`` are pairs (account, its login in words), ``stays`` the
    account that is proposed.
    """

    def __init__(
        self,
        *args: Any,
        kept: Person,
        gone: Person,
        logins: Sequence[tuple[User, str]] = (),
        stays: User | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, title in _TITLES.items():
            first, second = _value(kept, name), _value(gone, name)
            if first and second and first != second:
                self.fields[name] = forms.ChoiceField(
                    label=title, choices=[("kept", first), ("gone", second)], widget=forms.RadioSelect, initial="kept"
                )
        if stays is not None:
            self.fields["login"] = forms.TypedChoiceField(
                label=_("Какой вход останется"),
                choices=[(str(user.pk), words) for user, words in logins],
                coerce=UUID,
                widget=forms.RadioSelect,
                initial=str(stays.pk),
                help_text=_(
                    "Человек входит под одним логином, другой закроется. Роли закрытого входа перейдут к оставшемуся, "
                    "кроме ролей со сроком и ролей входа, который был выключен."
                ),
            )

    def from_gone(self) -> set[str]:
        """Return what is taken from the second card."""
        return {name for name in CHOICES if self.cleaned_data.get(name) == "gone"}


@requires("people.edit")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List cards that may be one person's."""
    page = paginate(request, duplicate_candidates(actor_of(request)))
    rows = [{"first": item.first, "second": item.second, "why": WHY[item.why]} for item in page]
    context = {"page": page, "rows": rows}
    return personal_page(
        request, "people/duplicates.html", context, action="people.duplicates_viewed", details={"rows": len(rows)}
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Find by name the card with which this one is to be compared; nothing is changed here."""
    actor, day = actor_of(request), timezone.localdate()
    person = person_for(actor=actor, person_id=person_id, permission="people.edit")
    typed = request.POST.get("q", "")[:100] if request.method == "POST" else person.surname
    found, has_more = cards_named(actor, typed, but=person.pk)
    form = OtherCardForm(initial={"q": typed})
    rows = [{"person": row, "place": place_of(row, day)} for row in found]
    context = {"person": person, "form": form, "rows": rows, "has_more": has_more, "typed": typed}
    return personal_page(
        request,
        "people/merge_with.html",
        context,
        action="people.duplicates_viewed",
        object_type="people.person",
        object_id=person.pk,
        details={"rows": len(rows)},
    )


@requires("people.edit")
@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Show two cards side by side; make them one, or record that they are two people."""
    actor = actor_of(request)
    kept, gone = _both(actor, person_id, other_id)
    accounts = logins_of(kept, gone)
    logins = list(zip(accounts, _logins_in_words(accounts), strict=True))
    stays = default_login(actor, accounts) if len(accounts) > 1 else None
    data = request.POST if request.method == "POST" else None
    form = MergeForm(data, kept=kept, gone=gone, logins=logins, stays=stays)
    if request.method == "POST" and "apart" in request.POST:
        tell_apart(actor=actor, first_id=kept.pk, second_id=gone.pk)
        messages.success(request, _("Записано: это два разных человека. Больше они не предлагаются."))
        return redirect("people:duplicates")
    if request.method == "POST" and "merge" in request.POST and form.is_valid():
        try:
            login_id = form.cleaned_data.get("login")
            merge_people(actor=actor, kept_id=kept.pk, gone_id=gone.pk, from_gone=form.from_gone(), login_id=login_id)
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _merged(next((user for user in accounts if user.pk == login_id), None)))
            for said in remarks_upon(actor, [kept.pk]):
                messages.warning(request, with_link(said))
            return redirect("people:card", person_id=kept.pk)
    context = {
        "form": form,
        "cards": [
            (card, _facts(card, [words for user, words in logins if user.person_id == card.pk]))
            for card in (kept, gone)
        ],
        "address": request.path,
    }
    return personal_page(
        request,
        "people/merge.html",
        context,
        action="people.duplicates_viewed",
        object_type="people.person",
        object_id=kept.pk,
        details={"rows": 2},
    )


def _both(actor: Actor, person_id: UUID, other_id: UUID) -> tuple[Person, Person]:
    visible = people_visible_to(actor, "people.edit").filter(pk__in=(person_id, other_id))
    found = {person.pk: person for person in with_enrolments(visible)}
    if len(found) != 2:
        raise Http404
    return found[person_id], found[other_id]


def _value(person: Person, name: str) -> str:
    if name == "birth_date":
        return date_format(person.birth_date, "d.m.Y")
    if name == "snils":
        return format_snils(person.snils) if person.snils else ""
    if name == "sex":
        return str(person.get_sex_display()) if person.sex else ""
    return str(getattr(person, name))


def _merged(stays: User | None) -> str:
    if stays is None:
        return _("Карточки объединены: вся история теперь здесь.")
    return _("Карточки объединены: вся история теперь здесь. Остался вход «%(login)s», другой закрыт.") % {
        "login": stays.login
    }


def _logins_in_words(accounts: Sequence[User]) -> list[str]:
    """Return what is said of each account: by what login, with which roles, when it was used last."""
    titles = RoleTitles(World.SCHOOL)
    return [_login_in_words(user, titles) for user in accounts]


def _login_in_words(user: User, titles: RoleTitles) -> str:
    now = timezone.now()
    grants = list(user.grants.all())
    lasting = titles.of((row.role, row.scope) for row in grants if row.expires_at is None)
    ending = titles.of((row.role, row.scope) for row in grants if row.expires_at is not None)
    used = getattr(user, "used_at", None)
    day = date_format(timezone.localtime(used), "d.m.Y") if used else ""
    parts = [
        user.login,
        _("роли: %(roles)s") % {"roles": ", ".join(lasting)} if lasting else _("ролей нет"),
        _("роли со сроком: %(roles)s") % {"roles": ", ".join(ending)} if ending else "",
        _("последний вход %(day)s") % {"day": day} if day else _("под ним ещё не входили"),
        "" if user.is_in_force(now) else _("вход закрыт"),
    ]
    return "; ".join(filter(None, parts))


def _facts(person: Person, logins: Sequence[str]) -> list[Fact]:
    """Return what is known of a card and how much hangs on it."""
    hanging = [
        (_("Согласий"), "consents"),
        (_("Пар, где он наставник"), "pairs_as_mentor"),
        (_("Пар, где он наставляемый"), "pairs_as_mentee"),
        (_("Представителей"), "guardians"),
        (_("Подопечных"), "wards"),
    ]
    return [
        *(Fact(title, _value(person, name)) for name, title in _TITLES.items()),
        Fact(_("Кто"), ", ".join(sorted(str(row.get_kind_display()) for row in person.kinds.all()))),
        Fact(_("Учёба и работа"), "; ".join(_enrolment(row) for row in person.enrolments.all())),
        *(Fact(title, getattr(person, name).count()) for title, name in hanging),
        Fact(_("Вход"), " · ".join(logins) or _("нет")),
        Fact(_("Карточка создана"), date_format(person.created_at, "d.m.Y")),
    ]


def _enrolment(row: Any) -> str:
    room = row.school_class.title if row.school_class is not None else row.post
    left = _(", выбытие %(day)s") % {"day": f"{row.left_on:%d.%m.%Y}"} if row.left_on else ""
    since = _("с %(day)s") % {"day": f"{row.admitted_on:%d.%m.%Y}"}
    return " ".join(filter(None, [room, since])) + left
