"""Addresses of the programme's screens, each list for its own name space."""

from django.urls import path

from schools.programme import archive_views, coverage_views, own_form_views, people_views, views, year_views

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
programme = (
    [
        path("", year_views.current, name="year"),
        path("start/", year_views.start, name="start"),
        path("forms/", own_form_views.listing, name="forms"),
        path("forms/new/", own_form_views.new, name="form-new"),
        path("forms/<uuid:own_form_id>/", own_form_views.edit, name="form-edit"),
        path("years/<uuid:year_id>/", year_views.year_of, name="year-of"),
        path("years/<uuid:year_id>/edit/", year_views.edit, name="edit"),
        path("years/<uuid:year_id>/profiles/", year_views.add_profiles, name="profiles-add"),
        path("years/<uuid:year_id>/discard/", year_views.discard, name="discard"),
        path("years/<uuid:year_id>/roadmap/", year_views.roadmap, name="roadmap"),
        path("years/<uuid:year_id>/roadmap/file/", year_views.roadmap_xlsx, name="roadmap-file"),
        path("years/<uuid:year_id>/tasks/new/", year_views.task_new, name="task-new"),
        path("tasks/<uuid:task_id>/", year_views.task_page, name="task"),
        path("tasks/<uuid:task_id>/mark/", year_views.mark, name="mark"),
        path("tasks/<uuid:task_id>/edit/", year_views.task_edit, name="task-edit"),
        path("tasks/<uuid:task_id>/remove/", year_views.task_remove, name="task-remove"),
    ],
    "programme",
)
home = [path("", views.home, name="home")]
