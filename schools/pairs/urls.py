"""Addresses of pairs."""

from django.urls import path

from schools.pairs import leavers_views, life_views, new_pair, views

app_name = "pairs"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export/", views.export, name="export"),
    path("new/", new_pair.new, name="new"),
    path("leavers/", leavers_views.leavers, name="leavers"),
    path("unpaired/", views.unpaired, name="unpaired"),
    path("requests/", life_views.requests, name="requests"),
    path("requests/<uuid:request_id>/settle/", life_views.settle, name="settle"),
    path("<uuid:pair_id>/mentor/", life_views.mentor, name="mentor"),
    path("<uuid:pair_id>/ask/", life_views.ask, name="ask"),
    path("<uuid:pair_id>/ask/withdraw/", life_views.withdraw, name="ask-withdraw"),
    path("<uuid:pair_id>/", views.card, name="card"),
    path("<uuid:pair_id>/edit/", views.edit, name="edit"),
    path("<uuid:pair_id>/end/", views.end, name="end"),
    path("<uuid:pair_id>/discard/", views.discard, name="discard"),
]
