"""Addresses of the rights of a person, under ``rights:``."""

from django.urls import path

from schools.rights import views

app_name = "rights"
urlpatterns = [
    path("", views.listing, name="list"),
    path("people/<uuid:person_id>/", views.held, name="held"),
    path("people/<uuid:person_id>/file/", views.held_file, name="held-file"),
    path("people/<uuid:person_id>/destruction/", views.new, name="new"),
    path("requests/<uuid:destruction_id>/", views.card, name="request"),
    path("requests/<uuid:destruction_id>/execute/", views.execute, name="execute"),
    path("requests/<uuid:destruction_id>/drop/", views.drop, name="drop"),
    path("requests/<uuid:destruction_id>/act/", views.act, name="act"),
]
