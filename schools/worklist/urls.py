"""Addresses of the work list."""

from django.urls import path

from schools.worklist import views

app_name = "worklist"
urlpatterns = [
    path("", views.listing, name="list"),
    path("pairs/<uuid:pair_id>/remind/", views.remind, name="remind"),
    path("pairs/<uuid:pair_id>/contact/", views.contact, name="contact"),
]
