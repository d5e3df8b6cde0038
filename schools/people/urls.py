"""Addresses where people are written, under ``people:``."""

from django.urls import path

from schools.people import duplicate_views, rollover_views, tie_views, transfer_views, views

urlpatterns = [
    path("new/", views.new, name="new"),
    path("duplicates/", duplicate_views.listing, name="duplicates"),
    path("duplicates/<uuid:person_id>/<uuid:other_id>/", duplicate_views.compare, name="merge"),
    path("transfers/", transfer_views.listing, name="transfers"),
    path("transfers/<uuid:transfer_id>/", transfer_views.incoming, name="transfer-incoming"),
    path("transfers/<uuid:transfer_id>/withdraw/", transfer_views.withdraw, name="transfer-withdraw"),
    path("<uuid:person_id>/release/", transfer_views.release, name="release"),
    path("rollover/", rollover_views.plan, name="rollover"),
    path("rollover/preview/", rollover_views.preview, name="rollover-preview"),
    path("rollover/undo/", rollover_views.undo, name="rollover-undo"),
    path("rollover/classes/<uuid:class_id>/", rollover_views.class_people, name="rollover-class"),
    path("accounts/<uuid:user_id>/tie/", tie_views.tie, name="account-tie"),
    path("accounts/<uuid:user_id>/untie/", tie_views.untie, name="account-untie"),
    path("accounts/<uuid:user_id>/join/", tie_views.join, name="account-join"),
    path("<uuid:person_id>/merge/", duplicate_views.choose, name="merge-with"),
    path("<uuid:person_id>/edit/", views.edit, name="edit"),
    path("<uuid:person_id>/enrol/", views.enrol, name="enrol"),
    path("<uuid:person_id>/guardians/new/", views.add_guardian, name="guardian-new"),
    path("<uuid:person_id>/guardians/<uuid:guardianship_id>/remove/", views.remove_guardian, name="guardian-remove"),
    path("enrolments/<uuid:enrolment_id>/leave/", views.leave, name="leave"),
    path("enrolments/<uuid:enrolment_id>/days/", views.correct_days, name="correct-days"),
    path("enrolments/<uuid:enrolment_id>/class/", views.change_class, name="change-class"),
]
