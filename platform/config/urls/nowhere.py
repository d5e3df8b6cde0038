"""The URLconf before a host is known: empty, so that nothing answers outside a world."""

from django.urls import URLPattern, URLResolver

handler500 = "core.ui.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = []
