"""Addresses of mergers on a school's host."""

from django.urls import path

from schools.mergers import views

app_name = "school-mergers"

urlpatterns = [
    path("", views.listing, name="list"),
    path("<uuid:merger_id>/", views.card, name="card"),
    path("<uuid:merger_id>/agree/", views.agree, name="agree"),
    path("<uuid:merger_id>/decline/", views.decline, name="decline"),
    path("<uuid:merger_id>/plan/", views.plan_again, name="plan"),
]
