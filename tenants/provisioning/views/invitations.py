"""Inviting a school's director or coordinator; the code is shown once, with its QR."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.accounts.views.staff import show_code
from core.authz import actor_of, requires
from tenants.provisioning.forms import SchoolInviteForm
from tenants.provisioning.invitations import INVITED_ROLES, invite_to_school
from tenants.provisioning.presentation import school_address
from tenants.registry import selectors
from tenants.registry.errors import StateError


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("schools.invite")
def school_invite(request: HttpRequest, school_id: UUID) -> HttpResponse:
    """Invite somebody by role; the answer to the POST is the only page that shows the code."""
    actor = actor_of(request)
    school = selectors.school_visible_to(actor, school_id)
    form = SchoolInviteForm(request.POST or None)
    here = reverse("registry:school", args=[school.pk])
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            made = invite_to_school(actor=actor, school_id=school.pk, role=role)
        except StateError as error:
            form.add_error(None, str(error))
        else:
            path = reverse("accounts:invite", urlconf=settings.SCHOOL_URLCONF)
            return show_code(
                request,
                code=made.code,
                name=_("%(role)s, %(school)s") % {"role": INVITED_ROLES[role], "school": school.title},
                expires_at=made.expires_at,
                url=school_address(school).rstrip("/") + path,
                back=here,
            )
    return render(request, "provisioning/school_invite.html", {"form": form, "school": school, "cancel_url": here})
