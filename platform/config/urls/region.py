"""Pages of the region's host: region and district staff."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "core.api.problems.bad_request"
handler403 = "core.api.problems.permission_denied"
handler404 = "core.api.problems.page_not_found"
handler500 = "core.api.problems.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("config.urls.region_api")),
    path("", include("core.ui.urls")),
    path("", include("reports.dashboards.urls")),
    path("operations/", include("reports.operations.urls")),
    path("", include("core.accounts.urls")),
    path("webhooks/", include("core.webhooks.urls")),
    path("", include("tenants.provisioning.urls")),
    path("", include("tenants.reference.urls")),
    path("", include("tenants.access.urls")),
    path("", include("tenants.mergers.urls")),
]
