"""The URLconf before a host is known: empty, so that nothing answers outside a world."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
