"""Addresses of rounds."""

from django.urls import path

from schools.matching import board_views, candidate_views, group_views, meeting_views, proposal_views, run_views, views

app_name = "matching"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<uuid:round_id>/", views.card, name="round"),
    path("<uuid:round_id>/edit/", views.edit, name="edit"),
    path("<uuid:round_id>/discard/", views.discard, name="discard"),
    path("<uuid:round_id>/people/", candidate_views.people, name="people"),
    path("<uuid:round_id>/add/<slug:side>/", candidate_views.add, name="add"),
    path("<uuid:round_id>/meeting/", meeting_views.preferences, name="meeting"),
    path("<uuid:round_id>/run/", run_views.start, name="run-start"),
    path("<uuid:round_id>/publish/", proposal_views.publish, name="publish"),
    path("<uuid:round_id>/proposals/", proposal_views.of_round, name="proposals"),
    path("<uuid:round_id>/close/", proposal_views.close, name="close"),
    path("<uuid:round_id>/board/", board_views.listing, name="board"),
    path("<uuid:round_id>/groups/", group_views.listing, name="groups"),
    path("<uuid:round_id>/groups/new/", group_views.new, name="group-new"),
    path("<uuid:round_id>/groups/<int:group_number>/", group_views.edit, name="group"),
    path("<uuid:round_id>/groups/<int:group_number>/dissolve/", group_views.dissolve, name="group-dissolve"),
    path("runs/<uuid:run_id>/", run_views.run_page, name="run"),
    path("runs/<uuid:run_id>/live/", run_views.progress, name="run-live"),
    path("board/<uuid:candidate_id>/", board_views.row, name="row"),
    path("board/<uuid:candidate_id>/ban/", board_views.ban, name="ban"),
    path("candidates/<uuid:candidate_id>/", candidate_views.candidate, name="candidate"),
    path("candidates/<uuid:candidate_id>/remove/", candidate_views.remove, name="remove"),
]
