"""Addresses of consents."""

from django.urls import path

from schools.consents import person_views, sheet_views, views

app_name = "consents"
urlpatterns = [
    path("", views.missing, name="missing"),
    path("all/", views.listing, name="list"),
    path("check/", views.to_check, name="to-check"),
    path("soon/", views.soon, name="soon"),
    path("sheet/", sheet_views.sheet, name="sheet"),
    path("of/<uuid:person_id>/", person_views.of_person, name="person"),
    path("new/<uuid:person_id>/", person_views.new, name="new"),
    path("<uuid:consent_id>/withdraw/", person_views.withdraw, name="withdraw"),
    path("<uuid:consent_id>/withdraw/undo/", person_views.withdraw_undo, name="withdraw-undo"),
    path("<uuid:consent_id>/correct/", person_views.correct, name="correct"),
]
