"""Addresses of orders."""

from django.urls import path

from schools.pairs import order_views

app_name = "orders"
urlpatterns = [
    path("", order_views.listing, name="list"),
    path("approve/", order_views.approve, name="approve"),
    path("record/", order_views.record_signed, name="record"),
    path("<uuid:order_id>/", order_views.card, name="card"),
    path("<uuid:order_id>/correct/", order_views.correct, name="correct"),
    path("<uuid:order_id>/cancel/", order_views.cancel, name="cancel"),
]
