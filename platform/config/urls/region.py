"""Pages of the region's host: region and district staff."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "core.ui.views.bad_request"
handler403 = "core.ui.views.permission_denied"
handler404 = "core.ui.views.page_not_found"
handler500 = "core.ui.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("core.ui.urls")),
    path("", include("reports.dashboards.urls")),
    path("", include("core.accounts.urls")),
    path("", include("tenants.provisioning.urls")),
    path("", include("tenants.reference.urls")),
    path("", include("tenants.access.urls")),
]
