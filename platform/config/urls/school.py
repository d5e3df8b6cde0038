"""Pages of a school's host."""

from django.urls import URLPattern, URLResolver, include, path

from schools.people.urls import urlpatterns as writing_people
from schools.programme import urls as programme

handler400 = "core.api.problems.bad_request"
handler403 = "core.api.problems.permission_denied"
handler404 = "core.api.problems.page_not_found"
handler500 = "core.api.problems.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("config.urls.school_api")),
    path("", include("core.ui.urls")),
    path("", include("core.accounts.urls")),
    path("webhooks/", include("core.webhooks.urls")),
    path("import/", include("schools.imports.urls")),
    path("", include(programme.home)),
    # One name space from two apps: the list and the card show more than people, and stand above what they show.
    path("people/", include(([*writing_people, *programme.people], "people"))),
    path("consents/", include("schools.consents.urls")),
    path("clearances/", include("schools.clearances.urls")),
    path("training/", include("schools.training.urls")),
    path("pairs/", include("schools.pairs.urls")),
    path("orders/", include("schools.pairs.order_urls")),
    path("papers/", include("schools.papers.urls")),
    path("questionnaires/", include("schools.questionnaires.urls")),
    path("q/", include("schools.questionnaires.answer_urls")),
    path("matching/", include("schools.matching.urls")),
    path("proposals/", include("schools.matching.proposal_urls")),
    path("waiting/", include("schools.matching.waiting_urls")),
    path("meetings/", include("schools.meetings.urls")),
    path("worklist/", include("schools.worklist.urls")),
    path("notifications/", include("schools.notifications.urls")),
    path("participation/", include("schools.participants.urls")),
    path("coverage/", include(programme.coverage)),
    path("programme/", include(programme.programme)),
    path("rights/", include("schools.rights.urls")),
    path("mergers/", include("schools.mergers.urls")),
    path("audit/", include(programme.audit)),
    path("archive/", include(programme.archive)),
    path("closing/", include(programme.closing)),
]
