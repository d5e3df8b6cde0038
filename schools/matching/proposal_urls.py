"""Addresses of proposals."""

from django.urls import path

from schools.matching import proposal_views

app_name = "proposals"
urlpatterns = [
    path("", proposal_views.own, name="list"),
    path("<uuid:proposal_id>/", proposal_views.card, name="card"),
    path("<uuid:proposal_id>/withdraw/", proposal_views.withdraw, name="withdraw"),
]
