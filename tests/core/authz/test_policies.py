"""Every view of both URLconfs declares its policy; the middleware asks it, and refuses a view that forgot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.views import View
from django.views.decorators.http import require_POST

from core.authz import Policy, PolicyKind, RefusedError, anonymous, load_actor, policy_of, public, requires, signed_in
from core.authz.registry import permission
from core.authz.views import PolicyMiddleware
from tests.support.accounts import make_user
from tests.support.world import SCHOOL_A

URLCONFS = ("config.urls.region", "config.urls.school")


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        else:
            yield route, entry


@pytest.mark.parametrize("urlconf", URLCONFS)
def test_every_view_declares_a_policy_of_known_permissions(urlconf):
    found = list(_patterns(get_resolver(urlconf)))
    assert found
    silent = [route for route, pattern in found if policy_of(pattern.callback) is None]
    assert silent == []
    for _route, pattern in found:
        for name in policy_of(pattern.callback).permissions:
            permission(name)


def test_a_policy_survives_other_decorators_and_classes():
    @require_POST
    @requires("people.edit")
    def below(request):
        return HttpResponse()

    @requires("people.view", "people.find")
    @require_POST
    def above(request):
        return HttpResponse()

    @signed_in
    class Page(View):
        pass

    assert policy_of(below) == Policy(PolicyKind.REQUIRES, ("people.edit",))
    assert policy_of(above) == Policy(PolicyKind.REQUIRES, ("people.view", "people.find"))
    assert policy_of(Page.as_view()) == Policy(PolicyKind.SIGNED_IN)
    assert policy_of(lambda request: None) is None


def test_two_policies_on_one_view_are_an_error():
    with pytest.raises(ImproperlyConfigured):

        @public
        @signed_in
        def both(request):
            return HttpResponse()


def _ask(view, actor):
    request = RequestFactory().get("/somewhere/?page=2")
    request.actor = actor
    return PolicyMiddleware(lambda request: HttpResponse()).process_view(request, view, (), {})


def test_the_middleware_asks_before_the_view(in_school):
    in_school(SCHOOL_A)

    @requires("orders.approve")
    def approve(request):
        return HttpResponse()

    @signed_in
    def own(request):
        return HttpResponse()

    @public
    def everybody(request):
        return HttpResponse()

    director, coordinator = load_actor(make_user("director")), load_actor(make_user("coordinator"))
    assert _ask(approve, director) is None
    with pytest.raises(RefusedError, match="утверждать пары приказом"):
        _ask(approve, coordinator)
    assert _ask(own, coordinator) is None
    visitor = anonymous()
    for view in (approve, own):
        answer = _ask(view, visitor)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/somewhere/%3Fpage%3D2")
    assert _ask(everybody, visitor) is None


def test_a_view_that_declares_nothing_is_refused_even_to_the_director(in_school):
    in_school(SCHOOL_A)
    with pytest.raises(ImproperlyConfigured, match="declares no policy"):
        _ask(lambda request: HttpResponse(), load_actor(make_user("director")))
