"""Addresses of participants' own things."""

from django.urls import path

from schools.participants import consent_views, views

app_name = "participants"
urlpatterns = [
    path("pairs/<uuid:pair_id>/uncomfortable/", views.tell, name="tell"),
    path("consents/", consent_views.listing, name="consents"),
    path("consents/<uuid:consent_id>/withdraw/", consent_views.withdraw, name="consent-withdraw"),
    path("concerns/", views.listing, name="concerns"),
    path("concerns/<uuid:concern_id>/", views.card, name="concern"),
]
