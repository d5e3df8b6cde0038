"""Pages of one login for one person: an account's card chosen or confirmed, untied, a second account joined to it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.accounts.models import User
from core.accounts.policies import may_appoint
from core.authz import Actor, actor_of, requires
from core.authz.registry import World
from core.ui.home import HomeBlock
from schools.people import ties
from schools.people.errors import FaultyActError
from schools.people.models import Person
from schools.people.pages import personal_page, show_faults
from schools.people.selectors import candidates, people_visible_to, place_of, with_enrolments
from schools.people.tie_rules import UntieReason

REASONS: Final = (
    (UntieReason.WRONG_CARD.value, gettext_lazy("связали не с той карточкой")),
    (UntieReason.ANOTHER_ACCOUNT.value, gettext_lazy("у человека будет другой вход")),
    (UntieReason.NO_PART.value, gettext_lazy("карточка больше не нужна для входа")),
)


class TieForm(forms.Form):
    """Whose card it is: searched by name and chosen, or one's own, confirmed."""

    q = forms.CharField(
        label=gettext_lazy("Фамилия и имя"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Введите фамилию и нажмите «Найти»."),
    )
    person = forms.UUIDField(error_messages={"required": gettext_lazy("Выберите карточку.")})


class UntieForm(forms.Form):
    """Why."""

    reason = forms.ChoiceField(label=gettext_lazy("Почему"), choices=REASONS, widget=forms.RadioSelect)


class JoinForm(forms.Form):
    """The second account, by its login."""

    login = forms.CharField(
        label=gettext_lazy("Логин второго входа"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )


def account_card(actor: Actor, user: User) -> dict[str, Any] | None:
    """Return what the page of an account says of its card; None to somebody who neither sees cards nor ties them.

    Nothing on the region's host, where nobody has a card.
    """
    if actor.world is not World.SCHOOL:
        return None
    may_tie = bool(ties.may_tie(actor, user))
    if not may_tie and not actor.has("people.view"):
        return None
    person = people_visible_to(actor).filter(pk=user.person_id).first() if user.person_id else None
    return {"person": person, "user": user, "may_tie": may_tie, "is_own": actor.pk == user.pk}


def own_card_block(request: HttpRequest) -> HomeBlock | None:
    """Return the way to one's own card for whoever may choose it himself and has not; names nobody, asks nothing."""
    actor = actor_of(request)
    if actor.pk is None or actor.person_id is not None or not may_appoint(actor, []):
        return None
    return HomeBlock("people/own_card_notice.html", {"user": actor.pk})


@requires("staff.manage")
@require_http_methods(["GET", "POST"])
def tie(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Choose the card of an account; of one's own, say «это я»."""
    actor = actor_of(request)
    user = ties.account_for(actor, user_id)
    is_search = "search" in request.POST
    form = TieForm(request.POST or None)
    if request.method == "POST" and not is_search and form.is_valid():
        try:
            ties.tie_account(actor=actor, user_id=user_id, person_id=form.cleaned_data["person"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Вход связан с карточкой: своё участие видно под этим же входом."))
            return redirect("accounts:staff-member", user_id=user_id)
    typed = request.POST.get("q", "")[:100]
    if is_search:
        form = TieForm(initial={"q": typed})
    is_own = actor.pk == user.pk
    found, has_more = _found(actor, user, typed, is_own=is_own)
    context = {"form": form, "found": found, "has_more": has_more, "typed": typed, "is_own": is_own}
    return _page(request, user, "people/tie.html", **context)


def _found(actor: Actor, user: User, typed: str, *, is_own: bool) -> tuple[list[dict[str, Any]], bool]:
    """Return the cards to choose from, with whether there were more; nobody names his own but by his account's name."""
    if user.person_id is not None:
        return [], False
    if is_own:
        day = timezone.localdate()
        own = [card.pk for card in ties.own_cards(actor, user)]
        rows: list[Person] = list(with_enrolments(people_visible_to(actor).filter(pk__in=own)))
        return [{"id": row.pk, "name": row.full_name, "place": place_of(row, day)} for row in rows], False
    if not typed.strip():
        return [], False
    listed, has_more = candidates(actor=actor, typed=typed, kinds=())
    return [{"id": row.id, "name": row.full_name, "place": row.place} for row in listed], has_more


@requires("staff.manage")
@require_http_methods(["GET", "POST"])
def untie(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Untie an account from its card, with a reason."""
    actor = actor_of(request)
    user = ties.account_for(actor, user_id)
    form = UntieForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ties.untie_account(actor=actor, user_id=user_id, reason=form.cleaned_data["reason"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Вход больше не связан с карточкой."))
            return redirect("accounts:staff-member", user_id=user_id)
    person = people_visible_to(actor).filter(pk=user.person_id).first() if user.person_id else None
    return _page(request, user, "people/untie.html", form=form, person=person)


@requires("staff.manage")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Make one account of two of one person."""
    actor = actor_of(request)
    user = ties.account_for(actor, user_id)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ties.join_accounts(actor=actor, user_id=user_id, login=form.cleaned_data["login"])
        except FaultyActError as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("Остался один вход: роли и карточка второго перешли к нему, второй закрыт."))
            return redirect("accounts:staff-member", user_id=user_id)
    return _page(request, user, "people/join_accounts.html", form=form, is_own=actor.pk == user.pk)


def _page(request: HttpRequest, user: User, template: str, **context: Any) -> HttpResponse:
    return personal_page(
        request,
        template,
        {"member": user, **context},
        action="staff.viewed",
        object_type="user",
        object_id=user.pk,
    )
