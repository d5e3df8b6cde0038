"""Addresses of the programme's screens, each list for its own name space."""

from django.urls import path

from schools.programme import archive_views, coverage_views, people_views, views

people = [
    path("", people_views.listing, name="list"),
    path("export/", people_views.export, name="export"),
    path("<uuid:person_id>/", people_views.card, name="card"),
]
coverage = (
    [path("", coverage_views.own, name="own"), path("people/", coverage_views.people, name="people")],
    "coverage",
)
audit = ([path("", views.audit_list, name="list")], "audit")
archive = (
    [
        path("", archive_views.page, name="page"),
        path("live/", archive_views.live, name="live"),
        path("<uuid:archive_id>/file/", archive_views.file, name="file"),
    ],
    "archive",
)
closing = ([path("", archive_views.closing, name="page")], "closing")
home = [path("", views.home, name="home")]
