"""Addresses of meetings and plans."""

from django.urls import path

from schools.meetings import log_views, plan_views, views

app_name = "meetings"
urlpatterns = [
    path("", views.listing, name="list"),
    path("export/", views.export, name="export"),
    path("new/", log_views.log, name="log"),
    path("pair/<uuid:pair_id>/", views.pair, name="pair"),
    path("pair/<uuid:pair_id>/plan/", plan_views.plan, name="plan"),
    path("pair/<uuid:pair_id>/plan/edit/", plan_views.edit_plan, name="plan-edit"),
    path("pair/<uuid:pair_id>/report/", plan_views.report, name="report"),
    path("<uuid:meeting_id>/", log_views.card, name="card"),
    path("<uuid:meeting_id>/correct/", log_views.correct, name="correct"),
]
