"""Addresses of the kit itself; included at the root by both URLconfs, so that every host has them."""

from django.urls import path

from core.ui import views

app_name = "ui"

urlpatterns = [
    path("appearance/", views.appearance, name="appearance"),
    path("design/", views.design, name="design"),
    path("design/live/", views.design_live, name="design-live"),
]
