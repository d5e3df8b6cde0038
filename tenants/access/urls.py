"""Addresses of access orders, on the region's host."""

from django.urls import path

from tenants.access import views

app_name = "access"

urlpatterns = [
    path("access/", views.orders, name="orders"),
    path("access/invite/", views.invite, name="invite"),
    path("access/temporary/", views.temporary, name="temporary"),
    path("access/reset/", views.reset, name="reset"),
    path("access/reset/<uuid:order_id>/confirm/", views.confirm, name="confirm"),
]
