"""Addresses of the import wizard."""

from django.urls import path

from schools.imports import feed_views, views

app_name = "imports"

urlpatterns = [
    path("", views.job_list, name="list"),
    path("feed/", feed_views.policy, name="feed"),
    path("samples/<slug:sample>.xlsx", views.sample_file, name="sample"),
    path("<uuid:job_id>/", views.job, name="job"),
    path("<uuid:job_id>/columns/", views.columns, name="columns"),
    path("<uuid:job_id>/progress/", views.progress, name="progress"),
    path("<uuid:job_id>/resume/", views.resume, name="resume"),
    path("<uuid:job_id>/confirm/", views.confirm, name="confirm"),
    path("<uuid:job_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:job_id>/undo/", views.undo, name="undo"),
    path("<uuid:job_id>/refused.xlsx", views.refused_file, name="refused-file"),
    path("<uuid:job_id>/absent/", views.absent, name="absent"),
]
