"""The API of the region's host, under /api/v1/."""

from django.urls import include, path

from core.api.views import SchemaEndpoint, docs

app_name = "api"
urlpatterns = [
    path("docs/", docs, name="docs"),
    path("schema/", SchemaEndpoint.as_view(), name="schema"),
    path("", include("core.accounts.api")),
    path("", include("core.webhooks.api")),
    path("", include("tenants.registry.api")),
    path("", include("tenants.provisioning.api")),
    path("", include("tenants.access.api")),
    path("", include("tenants.mergers.api")),
    path("", include("tenants.reference.api")),
    path("", include("reports.dashboards.api")),
    path("", include("reports.operations.api")),
]
