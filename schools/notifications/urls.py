"""Addresses of one's own news."""

from django.urls import path

from schools.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.listing, name="list"),
    path("settings/", views.settings, name="settings"),
    path("settings/address/", views.address, name="address"),
    path("settings/address/forget/", views.forget, name="forget"),
    path("confirm/", views.confirm, name="confirm"),
    path("stop/", views.stop, name="stop"),
]
