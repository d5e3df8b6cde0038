"""The API of a school's host, under /api/v1/."""

from django.urls import include, path

from core.api.views import SchemaEndpoint, docs

app_name = "api"
urlpatterns = [
    path("docs/", docs, name="docs"),
    path("schema/", SchemaEndpoint.as_view(), name="schema"),
    path("", include("core.accounts.api")),
    path("", include("core.webhooks.api")),
    path("", include("schools.programme.api")),
    path("", include("schools.programme.year_api")),
    path("", include("schools.programme.own_form_api")),
    path("", include("schools.people.api")),
    path("", include("schools.people.rollover_api")),
    path("", include("schools.people.tie_api")),
    path("", include("schools.people.transfer_api")),
    path("", include("schools.consents.api")),
    path("", include("schools.clearances.api")),
    path("", include("schools.training.api")),
    path("", include("schools.pairs.api")),
    path("", include("schools.pairs.finding_api")),
    path("", include("schools.pairs.life_api")),
    path("", include("schools.papers.api")),
    path("", include("schools.matching.api")),
    path("", include("schools.questionnaires.api")),
    path("", include("schools.meetings.api")),
    path("", include("schools.worklist.api")),
    path("", include("schools.participants.api")),
    path("", include("schools.notifications.api")),
    path("", include("schools.matching.board_api")),
    path("", include("schools.matching.eligible_api")),
    path("", include("schools.matching.group_api")),
    path("", include("schools.matching.proposal_api")),
    path("", include("schools.imports.api")),
    path("", include("schools.imports.feed_api")),
    path("", include("schools.rights.api")),
    path("", include("schools.mergers.api")),
]
