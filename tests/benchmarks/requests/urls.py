"""The school's URLs plus a page that does nothing."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from core.authz import public

handler500 = "core.ui.views.server_error"


@public
def trivial(request: HttpRequest) -> HttpResponse:
    """Answer without a query."""
    return HttpResponse("ok")


urlpatterns = [path("bench-trivial/", trivial), path("", include("config.urls.school"))]
