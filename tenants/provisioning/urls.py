"""Addresses of the register on the region's host: districts, schools and their life, audit."""

from django.urls import path

from tenants.provisioning.views import archives, closing, schools, states
from tenants.registry.views import audit, districts

app_name = "registry"

urlpatterns = [
    path("districts/", districts.district_list, name="districts"),
    path("districts/new/", districts.district_new, name="district-new"),
    path("districts/<uuid:district_id>/", districts.district_rename, name="district-rename"),
    path("region/name/", districts.region_name, name="region-name"),
    path("schools/", schools.school_list, name="schools"),
    path("schools/new/", schools.school_new, name="school-new"),
    path("schools/<uuid:school_id>/", schools.school_page, name="school"),
    path("schools/<uuid:school_id>/live/", states.school_state, name="school-live"),
    path("schools/<uuid:school_id>/edit/", schools.school_edit, name="school-edit"),
    path("schools/<uuid:school_id>/code/", schools.school_rename, name="school-rename"),
    path("schools/<uuid:school_id>/archive/", archives.school_archive, name="school-archive"),
    path("schools/<uuid:school_id>/closing/", closing.school_closing, name="school-closing"),
    path("schools/<uuid:school_id>/closing/off/", closing.school_closing_off, name="school-closing-off"),
    path("schools/<uuid:school_id>/state/<slug:move>/", states.school_change_state, name="school-state"),
    path("audit/", audit.audit_page, name="audit"),
]
