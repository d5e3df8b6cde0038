"""Pages of a school's host."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "core.ui.views.bad_request"
handler403 = "core.ui.views.permission_denied"
handler404 = "core.ui.views.page_not_found"
handler500 = "core.ui.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("core.ui.urls")),
    path("", include("core.accounts.urls")),
    path("import/", include("schools.imports.urls")),
]
