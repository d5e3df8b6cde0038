"""A URLconf for the kit's own tests: the kit, and pages that fail in each way."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.csrf import csrf_protect

from core.ui.live import conditional_fragment, stop_polling

handler400 = "core.ui.views.bad_request"
handler403 = "core.ui.views.permission_denied"
handler404 = "core.ui.views.page_not_found"
handler500 = "core.ui.views.server_error"

VERSION = {"value": 1, "views": 0}


def broken(request: HttpRequest) -> HttpResponse:
    message = "canary-inside"
    raise RuntimeError(message)


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("Это делает только директор.")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404("canary-inside")


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("canary-inside")


@csrf_protect
def protected(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


@conditional_fragment(lambda request: VERSION["value"])
def part(request: HttpRequest) -> HttpResponse:
    VERSION["views"] += 1
    return render(request, "ui/design_live.html", {})


def finished(request: HttpRequest) -> HttpResponse:
    return stop_polling(HttpResponse("готово"))


def signed_out(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/accounts/login/?next=/part/")


def moved(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/elsewhere/")


def confirm(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "ui/confirm.html",
        {
            "title": "Утвердить 12 пар приказом?",
            "consequences": ["Пары начнут действовать <с сегодняшнего дня>."],
            "confirm_label": "Утвердить пары приказом",
            "cancel_url": "/pairs/",
        },
    )


urlpatterns = [
    path("", include("core.ui.urls")),
    path("broken/", broken),
    path("refused/", refused),
    path("missing/", missing),
    path("suspicious/", suspicious),
    path("protected/", protected),
    path("part/", part),
    path("finished/", finished),
    path("signed-out/", signed_out),
    path("moved/", moved, name="moved"),
    path("confirm/", confirm),
]
