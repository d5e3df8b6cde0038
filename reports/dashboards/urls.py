"""Addresses of the dashboards on the region's host."""

from django.urls import path

from reports.dashboards import exports, views

app_name = "dashboards"

urlpatterns = [
    path("", views.home, name="home"),
    path("coverage/", views.region_page, name="region"),
    path("coverage/live/", views.region_live, name="region-live"),
    path("coverage/export/", exports.region_export, name="region-export"),
    path("coverage/districts/<uuid:district_id>/", views.district_page, name="district"),
    path("coverage/districts/<uuid:district_id>/live/", views.district_live, name="district-live"),
    path("coverage/districts/<uuid:district_id>/export/", exports.district_export, name="district-export"),
    path("coverage/schools/<uuid:school_id>/", views.school_page, name="school"),
    path("coverage/schools/<uuid:school_id>/live/", views.school_live, name="school-live"),
    path("coverage/schools/<uuid:school_id>/export/", exports.school_export, name="school-export"),
]
