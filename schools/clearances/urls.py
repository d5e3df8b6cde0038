"""Addresses of papers of mentors from outside."""

from django.urls import path

from schools.clearances import person_views, views

app_name = "clearances"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export/", views.export, name="export"),
    path("rules/", views.rules, name="rules"),
    path("of/<uuid:person_id>/", person_views.of_person, name="person"),
    path("new/<uuid:person_id>/", person_views.new, name="new"),
    path("<uuid:clearance_id>/correct/", person_views.correct, name="correct"),
    path("<uuid:clearance_id>/withdraw/", person_views.withdraw, name="withdraw"),
]
