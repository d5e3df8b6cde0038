"""Addresses of pairs."""

from django.urls import path

from schools.pairs import leavers_views, new_pair, views

app_name = "pairs"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export/", views.export, name="export"),
    path("new/", new_pair.new, name="new"),
    path("leavers/", leavers_views.leavers, name="leavers"),
    path("unpaired/", views.unpaired, name="unpaired"),
    path("<uuid:pair_id>/", views.card, name="card"),
    path("<uuid:pair_id>/edit/", views.edit, name="edit"),
    path("<uuid:pair_id>/end/", views.end, name="end"),
    path("<uuid:pair_id>/discard/", views.discard, name="discard"),
]
