"""Addresses of rounds."""

from django.urls import path

from schools.matching import candidate_views, meeting_views, views

app_name = "matching"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:round_id>/", views.card, name="round"),
    path("<uuid:round_id>/edit/", views.edit, name="edit"),
    path("<uuid:round_id>/discard/", views.discard, name="discard"),
    path("<uuid:round_id>/people/", candidate_views.people, name="people"),
    path("<uuid:round_id>/add/<slug:side>/", candidate_views.add, name="add"),
    path("<uuid:round_id>/meeting/", meeting_views.preferences, name="meeting"),
    path("candidates/<uuid:candidate_id>/", candidate_views.candidate, name="candidate"),
    path("candidates/<uuid:candidate_id>/remove/", candidate_views.remove, name="remove"),
]
