"""Addresses of mergers on the region's host."""

from django.urls import path

from tenants.mergers import views

app_name = "mergers"

urlpatterns = [
    path("mergers/", views.listing, name="list"),
    path("mergers/new/", views.new, name="new"),
    path("mergers/<uuid:merger_id>/", views.card, name="card"),
    path("mergers/<uuid:merger_id>/begin/", views.begin, name="begin"),
    path("mergers/<uuid:merger_id>/off/", views.call_off, name="off"),
]
