"""Addresses of training of mentors."""

from django.urls import path

from schools.training import views

app_name = "training"
urlpatterns = [
    path("of/<uuid:person_id>/", views.of_person, name="person"),
    path("new/<uuid:person_id>/", views.new, name="new"),
    path("<uuid:training_id>/correct/", views.correct, name="correct"),
    path("<uuid:training_id>/strike/", views.strike, name="strike"),
]
