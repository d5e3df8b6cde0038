"""Addresses of participants' own things."""

from django.urls import path

from schools.participants import views

app_name = "participants"
urlpatterns = [
    path("pairs/<uuid:pair_id>/uncomfortable/", views.tell, name="tell"),
    path("concerns/", views.listing, name="concerns"),
    path("concerns/<uuid:concern_id>/", views.card, name="concern"),
]
