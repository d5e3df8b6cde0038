"""Addresses of questionnaires by personal link, short enough for a QR code; nobody signs in here."""

from django.urls import path

from schools.questionnaires import answering_views

app_name = "answer"

urlpatterns = [
    path("done/", answering_views.done, name="done"),
    path("<slug:token>/", answering_views.open_link, name="open"),
    path("", answering_views.fill, name="fill"),
]
