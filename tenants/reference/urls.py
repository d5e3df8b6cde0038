"""Addresses of the reference data on the region's host."""

from django.urls import path

from tenants.reference import views

app_name = "reference"

urlpatterns = [
    path("reference/", views.index, name="index"),
    path("reference/<slug:slug>/", views.entry_list, name="list"),
    path("reference/<slug:slug>/new/", views.entry_new, name="new"),
    path("reference/<slug:slug>/entry/<slug:code>/", views.entry_page, name="entry"),
    path("reference/<slug:slug>/entry/<slug:code>/edit/", views.entry_edit, name="edit"),
    path("reference/<slug:slug>/entry/<slug:code>/offer/", views.entry_offer, name="offer"),
]
