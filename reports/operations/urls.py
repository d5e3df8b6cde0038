"""Addresses of the platform's state on the region's host."""

from django.urls import path

from reports.operations import views

app_name = "operations"

urlpatterns = [
    path("", views.state, name="state"),
    path("outbox/<uuid:outbox_id>/send/", views.send_again, name="send-again"),
]
