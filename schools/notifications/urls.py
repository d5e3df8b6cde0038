"""Addresses of one's own news."""

from django.urls import path

from schools.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.listing, name="list"),
]
