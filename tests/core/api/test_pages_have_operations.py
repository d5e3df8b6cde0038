"""Everything that a page lists or does, a programme can: complete by construction over both URLconfs."""

from __future__ import annotations

import re

import pytest

from core.authz.registry import World
from tests.permissions.walk import endpoints

BOTH = {
    "accounts:tokens": ("GET tokens/",),
    "accounts:token-new": ("POST tokens/",),
    "accounts:token-revoke": ("DELETE tokens/token_id/",),
    "accounts:staff": ("GET staff/", "GET invitations/"),
    "accounts:staff-invite": ("POST invitations/",),
    "accounts:staff-withdraw": ("DELETE invitations/invitation_id/",),
    "accounts:staff-member": ("GET staff/user_id/",),
    "accounts:staff-grant": ("POST staff/user_id/grants/",),
    "accounts:staff-revoke": ("DELETE staff/user_id/grants/grant_id/",),
    "accounts:staff-password-code": ("POST staff/user_id/password-code/",),
    "accounts:staff-reset": ("DELETE staff/user_id/second-factor/",),
    "accounts:staff-switch": ("PUT staff/user_id/active/",),
    "webhooks:list": ("GET webhooks/",),
    "webhooks:new": ("GET webhooks/events/", "POST webhooks/"),
    "webhooks:card": ("GET webhooks/webhook_id/", "GET webhooks/webhook_id/deliveries/"),
    "webhooks:edit": ("PUT webhooks/webhook_id/",),
    "webhooks:secret": ("POST webhooks/webhook_id/secret/",),
    "webhooks:switch": ("PUT webhooks/webhook_id/active/",),
    "webhooks:ping": ("POST webhooks/webhook_id/ping/",),
    "webhooks:delete": ("DELETE webhooks/webhook_id/",),
    "webhooks:again": ("POST webhooks/webhook_id/deliveries/delivery_id/again/",),
}
# What the operations are that do what a page does; an argument stands by its name.
PAGES: dict[World, dict[str, tuple[str, ...]]] = {
    World.SCHOOL: {
        **BOTH,
        "imports:list": ("GET imports/", "POST imports/upload/"),
        "imports:feed": ("GET feed/policy/", "PUT feed/policy/", "GET feed/"),
        "imports:sample": ("GET imports/samples/sample.xlsx",),
        "imports:job": ("GET imports/job_id/", "GET imports/job_id/rows/"),
        "imports:columns": ("PUT imports/job_id/columns/", "POST imports/job_id/check/"),
        "imports:progress": ("GET imports/job_id/",),
        "imports:resume": ("POST imports/job_id/resume/",),
        "imports:confirm": ("POST imports/job_id/apply/",),
        "imports:cancel": ("DELETE imports/job_id/",),
        "imports:undo": ("POST imports/job_id/undo/",),
        "imports:refused-file": ("GET imports/job_id/refused.xlsx",),
        "imports:absent": ("GET imports/job_id/absent/", "POST imports/job_id/absent/"),
        "people:new": ("POST people/",),
        "matching:list": ("GET matching/rounds/",),
        "matching:new": ("POST matching/rounds/",),
        "matching:round": ("GET matching/rounds/round_id/",),
        "matching:edit": ("PUT matching/rounds/round_id/",),
        "matching:discard": ("DELETE matching/rounds/round_id/",),
        "matching:people": ("GET matching/rounds/round_id/candidates/",),
        "matching:add": ("POST people/candidates/", "POST matching/rounds/round_id/candidates/"),
        "matching:meeting": ("PUT matching/candidates/candidate_id/preferences/",),
        "matching:candidate": (
            "GET matching/candidates/candidate_id/",
            "PUT matching/candidates/candidate_id/",
        ),
        "matching:run-start": ("POST matching/rounds/round_id/runs/",),
        "matching:run": ("GET matching/runs/run_id/",),
        "matching:run-live": ("GET matching/runs/run_id/",),
        "matching:board": ("GET matching/rounds/round_id/board/",),
        "matching:row": ("GET matching/board/candidate_id/", "PUT matching/board/candidate_id/"),
        "matching:ban": ("PUT matching/board/candidate_id/ban/",),
        "matching:remove": ("DELETE matching/candidates/candidate_id/",),
        "meetings:list": ("GET meetings/pairs/",),
        "meetings:export": ("GET meetings/export/",),
        "meetings:log": ("POST meetings/",),
        "meetings:pair": ("GET meetings/pairs/pair_id/", "GET meetings/"),
        "meetings:plan": ("GET meetings/pairs/pair_id/plan/",),
        "meetings:plan-edit": ("PUT meetings/pairs/pair_id/plan/",),
        "meetings:report": ("PUT meetings/pairs/pair_id/report/",),
        "meetings:card": ("GET meetings/meeting_id/",),
        "meetings:correct": ("PUT meetings/meeting_id/",),
        "people:duplicates": ("GET people/duplicates/",),
        "people:merge": ("POST people/person_id/merge/", "POST people/person_id/apart/"),
        "people:rollover": ("GET rollover/", "PUT rollover/"),
        "people:rollover-class": ("GET rollover/classes/class_id/", "PUT rollover/"),
        "people:rollover-preview": ("GET rollover/", "POST rollover/done/"),
        "people:rollover-undo": ("DELETE rollover/done/",),
        "people:transfers": ("GET transfers/incoming/", "GET transfers/outgoing/"),
        "people:transfer-incoming": (
            "GET transfers/incoming/transfer_id/",
            "POST transfers/incoming/transfer_id/acceptance/",
            "DELETE transfers/incoming/transfer_id/",
        ),
        "people:transfer-withdraw": ("DELETE transfers/outgoing/transfer_id/",),
        "people:release": ("GET transfers/schools/", "POST people/person_id/release/"),
        "people:edit": ("PUT people/person_id/",),
        "people:enrol": ("POST people/person_id/enrolments/",),
        "people:guardian-new": ("POST people/candidates/", "POST people/person_id/guardians/"),
        "people:guardian-remove": ("DELETE people/person_id/guardians/guardianship_id/",),
        "people:leave": ("PUT enrolments/enrolment_id/leaving/",),
        "people:correct-days": ("PUT enrolments/enrolment_id/days/",),
        "people:change-class": ("PUT enrolments/enrolment_id/class/",),
        "people:list": ("GET people/", "POST people/search/", "GET classes/"),
        "people:export": ("POST people/export/",),
        "people:card": ("GET people/person_id/", "GET people/person_id/consents/", "GET people/person_id/guardians/"),
        "consents:missing": ("GET consents/missing/", "POST consents/paper/"),
        "consents:list": ("GET consents/",),
        "consents:to-check": ("GET consents/to-check/",),
        "consents:new": ("POST people/person_id/consents/",),
        "consents:withdraw": ("PUT consents/consent_id/withdrawal/",),
        "pairs:list": ("GET pairs/",),
        "pairs:export": ("GET pairs/export/",),
        "pairs:new": ("POST pairs/", "POST people/candidates/", "GET reference/"),
        "pairs:leavers": ("GET pairs/leavers/", "POST pairs/leavers/"),
        "pairs:unpaired": ("GET pairs/unpaired/",),
        "pairs:card": ("GET pairs/pair_id/",),
        "pairs:edit": ("PUT pairs/pair_id/",),
        "pairs:end": ("PUT pairs/pair_id/end/",),
        "pairs:discard": ("DELETE pairs/pair_id/",),
        "orders:list": ("GET orders/",),
        "orders:approve": ("GET pairs/drafts/", "POST orders/approve/"),
        "orders:record": ("POST orders/signed/",),
        "orders:card": ("GET orders/order_id/", "GET orders/order_id/pairs/"),
        "orders:correct": ("PUT orders/order_id/",),
        "orders:cancel": ("POST orders/order_id/cancel/",),
        "coverage:own": ("GET coverage/",),
        "coverage:people": ("GET coverage/missing/",),
        "programme:year": ("GET programme/years/", "GET programme/years/year_id/"),
        "programme:start": ("GET reference/", "POST programme/years/"),
        "programme:year-of": ("GET programme/years/year_id/",),
        "programme:edit": ("PUT programme/years/year_id/",),
        "programme:discard": ("DELETE programme/years/year_id/",),
        "programme:roadmap": ("GET programme/years/year_id/",),
        "programme:roadmap-file": ("GET programme/years/year_id/roadmap/",),
        "programme:task-new": ("POST programme/years/year_id/tasks/",),
        "programme:task": ("GET programme/tasks/task_id/",),
        "programme:mark": ("PUT programme/tasks/task_id/mark/",),
        "programme:task-edit": ("PUT programme/tasks/task_id/",),
        "programme:task-remove": ("DELETE programme/tasks/task_id/",),
        "audit:list": ("GET audit/",),
        "archive:page": ("GET archive/", "POST archive/"),
        "archive:live": ("GET archive/",),
        "closing:page": ("GET closing/",),
        "archive:file": ("GET archive/archive_id/file.zip",),
        "rights:list": ("GET destructions/",),
        "rights:held": ("GET people/person_id/held/",),
        "rights:held-file": ("GET people/person_id/held/",),
        "rights:new": ("POST people/person_id/destruction/",),
        "rights:request": ("GET destructions/destruction_id/",),
        "rights:execute": ("POST destructions/destruction_id/execution/",),
        "rights:drop": ("POST destructions/destruction_id/drop/",),
        "rights:act": ("GET destructions/destruction_id/",),
    },
    World.REGION: {
        **BOTH,
        "dashboards:region": ("GET dashboards/region/", "GET dashboards/definitions/", "GET dashboards/days/"),
        "dashboards:region-live": ("GET dashboards/region/",),
        "dashboards:region-export": ("GET dashboards/region/export/",),
        "dashboards:district": ("GET dashboards/districts/district_id/",),
        "dashboards:district-live": ("GET dashboards/districts/district_id/",),
        "dashboards:district-export": ("GET dashboards/districts/district_id/export/",),
        "dashboards:school": ("GET dashboards/schools/school_id/",),
        "dashboards:school-live": ("GET dashboards/schools/school_id/",),
        "dashboards:school-export": ("GET dashboards/schools/school_id/export/",),
        "registry:districts": ("GET districts/",),
        "registry:district-new": ("POST districts/",),
        "registry:district-rename": ("PUT districts/district_id/",),
        "registry:region-name": ("GET region/", "PUT region/"),
        "registry:schools": ("GET schools/",),
        "registry:school-new": ("POST schools/",),
        "registry:school": ("GET schools/school_id/",),
        "registry:school-live": ("GET schools/school_id/",),
        "registry:school-edit": ("PUT schools/school_id/",),
        "registry:school-rename": ("PUT schools/school_id/code/",),
        "registry:school-state": ("PUT schools/school_id/state/",),
        "registry:school-closing": ("PUT schools/school_id/closing/",),
        "registry:school-closing-off": ("DELETE schools/school_id/closing/",),
        "registry:school-archive": ("GET schools/school_id/archive/", "POST schools/school_id/archive/"),
        "registry:audit": ("GET audit/",),
        "reference:list": ("GET reference/forms/",),
        "reference:new": ("POST reference/forms/",),
        "reference:entry": ("GET reference/forms/code/",),
        "reference:edit": ("PUT reference/forms/code/",),
        "reference:offer": ("PUT reference/forms/code/",),
        "operations:state": ("GET operations/freshness/", "GET operations/queues/"),
        "operations:send-again": ("POST operations/outbox/outbox_id/send/",),
        "access:orders": ("GET access-orders/",),
        "access:invite": ("POST access-orders/invitations/",),
        "access:temporary": ("POST access-orders/temporary/",),
        "access:reset": ("POST access-orders/director-resets/",),
        "access:confirm": ("POST access-orders/order_id/confirm/",),
    },
}
_OWN_FACTOR = "somebody's own way in: a programme has a token and neither sees nor changes it"
_BROWSER = "of one browser: a programme has none"
# What no programme needs, and why; a longer list is a decision, taken here.
EXEMPT = {
    "api:docs": "describes the API itself; programmes read schema/",
    "ui:appearance": _BROWSER,
    "ui:design": "samples of components, for developers",
    "ui:design-live": "samples of components, for developers",
    "accounts:sessions": _BROWSER,
    "accounts:end-others": _BROWSER,
    "accounts:invite": "an invitation is used by a person",
    "accounts:invite-account": "an invitation is used by a person",
    "account_login": _OWN_FACTOR,
    "account_logout": _OWN_FACTOR,
    "account_inactive": _OWN_FACTOR,
    "account_reauthenticate": _OWN_FACTOR,
    "account_change_password": _OWN_FACTOR,
    "mfa_index": _OWN_FACTOR,
    "mfa_authenticate": _OWN_FACTOR,
    "mfa_reauthenticate": _OWN_FACTOR,
    "mfa_activate_totp": _OWN_FACTOR,
    "mfa_deactivate_totp": _OWN_FACTOR,
    "mfa_view_recovery_codes": _OWN_FACTOR,
    "mfa_generate_recovery_codes": _OWN_FACTOR,
    "mfa_download_recovery_codes": _OWN_FACTOR,
    "home": "leads to lists and figures that have operations of their own",
    "dashboards:home": "leads to the figures",
    "reference:index": "leads to the lists of entries",
}


@pytest.mark.parametrize("where", list(World))
def test_every_page_has_its_operations_or_a_reason(where: World):
    found = endpoints(where)
    pages = {endpoint.name for endpoint in found if not endpoint.is_api}
    served = {
        f"{method} {_plain(endpoint.route)}" for endpoint in found for method in endpoint.operations if endpoint.is_api
    }
    told = PAGES[where]
    assert pages - told.keys() - EXEMPT.keys() == set(), "a page without an operation of the API"
    assert told.keys() & EXEMPT.keys() == set()
    assert told.keys() - pages == set(), "these pages are no more"
    assert {name for names in told.values() for name in names} - served == set(), "these operations are no more"


def test_no_exemption_is_stale():
    pages = {endpoint.name for where in World for endpoint in endpoints(where)}
    assert set(EXEMPT) <= pages
    assert all(EXEMPT.values())


def _plain(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"\1", route.removeprefix("api/v1/"))
