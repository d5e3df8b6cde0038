"""Addresses of the waiting list."""

from django.urls import path

from schools.matching import waiting_views

app_name = "waiting"
urlpatterns = [
    path("", waiting_views.listing, name="list"),
    path("people/", waiting_views.people, name="people"),
    path("people/<uuid:person_id>/support/", waiting_views.support_of_person, name="person-support"),
    path("people/<uuid:person_id>/end/", waiting_views.end_of_person, name="person-end"),
    path("<uuid:waiting_id>/end/", waiting_views.end, name="end"),
    path("<uuid:waiting_id>/support/", waiting_views.support, name="support"),
]
