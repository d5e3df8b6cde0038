"""Addresses of questionnaires on a school's host."""

from django.urls import path

from schools.questionnaires import copy_views, link_views, opening_views, views

app_name = "questionnaires"

urlpatterns = [
    path("", views.round_list, name="list"),
    path("new/", opening_views.round_new, name="new"),
    path("mine/", views.own_list, name="mine"),
    path("mine/<uuid:response_id>/", views.own_fill, name="fill"),
    path("templates/", copy_views.template_list, name="templates"),
    path("templates/<slug:code>/", copy_views.template_card, name="template"),
    path("templates/<slug:code>/edit/", copy_views.template_edit, name="template-edit"),
    path("templates/<slug:code>/return/", copy_views.template_return, name="template-return"),
    path("templates/<slug:code>/paper/", copy_views.template_paper, name="template-paper"),
    path("<uuid:survey_id>/", views.round_page, name="round"),
    path("<uuid:survey_id>/open/", views.round_open, name="open"),
    path("<uuid:survey_id>/grid/", views.round_grid, name="grid"),
    path("<uuid:survey_id>/remind/", views.round_remind, name="remind"),
    path("<uuid:survey_id>/links/", link_views.link_list, name="links"),
    path("<uuid:survey_id>/links/slips/", link_views.slips, name="slips"),
    path("sheets/<uuid:response_id>/link/", link_views.link_new, name="link"),
    path("sheets/<uuid:response_id>/link/revoke/", link_views.link_revoke, name="link-revoke"),
    path("sheets/<uuid:response_id>/reopen/", views.response_reopen, name="reopen"),
    path("<uuid:survey_id>/results/", views.round_results, name="results"),
    path("<uuid:survey_id>/results/export/", views.round_export, name="export"),
]
