"""Addresses of consents."""

from django.urls import path

from schools.consents import views

app_name = "consents"
urlpatterns = [
    path("", views.missing, name="missing"),
    path("all/", views.listing, name="list"),
    path("check/", views.to_check, name="to-check"),
    path("new/<uuid:person_id>/", views.new, name="new"),
    path("<uuid:consent_id>/withdraw/", views.withdraw, name="withdraw"),
]
