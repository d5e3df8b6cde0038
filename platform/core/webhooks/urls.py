"""Addresses of webhooks, on every host."""

from django.urls import path

from core.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:webhook_id>/", views.card, name="card"),
    path("<uuid:webhook_id>/edit/", views.edit, name="edit"),
    path("<uuid:webhook_id>/secret/", views.secret, name="secret"),
    path("<uuid:webhook_id>/switch/", views.switch, name="switch"),
    path("<uuid:webhook_id>/ping/", views.ping, name="ping"),
    path("<uuid:webhook_id>/delete/", views.delete, name="delete"),
    path("<uuid:webhook_id>/deliveries/<uuid:delivery_id>/again/", views.again, name="again"),
]
