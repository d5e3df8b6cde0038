"""The roles of both hosts, as they are promised: each role's permissions, and who needs a second factor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.authz.registry import World, permissions, role_of, roles

STAFF = {"staff.view", "staff.manage", "tokens.manage", "audit.view"}
COORDINATOR = STAFF | {
    "people.view",
    "people.edit",
    "people.find",
    "consents.view",
    "consents.edit",
    "clearances.view",
    "clearances.edit",
    "clearances.decide",
    "pairs.view",
    "pairs.edit",
    "pairs.unpaired_view",
    "orders.view",
    "orders.record_signed",
    "imports.run",
    "imports.feed",
    "coverage.view",
    "rights.view",
    "programme.view",
    "programme.edit",
    "questionnaires.view",
    "questionnaires.edit",
    "questionnaires.templates",
    "matching.view",
    "matching.edit",
    "meetings.view",
    "meetings.log",
    "plans.edit",
    "worklist.view",
    "support.log",
    "concerns.answer",
    "partner_requests.settle",
    "waiting.support",
}
# Of his own pairs, or his children's.
PARTICIPANT = {
    "participation.view",
    "meetings.view",
    "proposals.answer",
    "partner_requests.make",
    "consents.withdraw_own",
}
EXPECTED = {
    (World.SCHOOL, "director"): COORDINATOR
    | {
        "orders.approve",
        "staff.appoint_director",
        "staff.reset_second_factor",
        "webhooks.manage",
        "archive.take",
        "rights.destroy",
        "imports.set_feed",
        "mergers.decide",
    },
    (World.SCHOOL, "coordinator"): COORDINATOR,
    (World.SCHOOL, "curator"): {
        "people.view",
        "people.find",
        "consents.view",
        "clearances.view",
        "clearances.edit",
        "pairs.view",
        "pairs.edit",
        "pairs.unpaired_view",
        "orders.view",
        "programme.view",
        "questionnaires.view",
        "questionnaires.edit",
        "matching.view",
        "matching.edit",
        "meetings.view",
        "meetings.log",
        "plans.edit",
        "worklist.view",
        "support.log",
        "concerns.answer",
        "partner_requests.settle",
        "waiting.support",
    },
    (World.SCHOOL, "class_teacher"): {
        "people.view",
        "consents.view",
        "consents.edit",
        "pairs.view",
        "programme.view",
        "questionnaires.view",
        "questionnaires.edit",
        "meetings.view",
        "meetings.log",
        "worklist.view",
    },
    (World.SCHOOL, "psychologist"): {
        "pairs.unpaired_view",
        "partner_requests.settle",
        "concerns.answer",
        "waiting.support",
        "programme.view",
    },
    (World.SCHOOL, "mentor"): PARTICIPANT | {"meetings.log", "plans.edit"},
    (World.SCHOOL, "mentee"): PARTICIPANT,
    (World.SCHOOL, "parent"): PARTICIPANT,
    (World.REGION, "region_admin"): STAFF
    | {
        "staff.reset_second_factor",
        "staff.appoint_region_admin",
        "webhooks.manage",
        "operations.view",
        "operations.manage",
        "dashboards.view",
        "schools.view",
        "schools.manage",
        "schools.invite",
        "schools.reset_director",
        "schools.break_glass",
        "districts.manage",
        "reference.view",
        "reference.edit",
    },
    (World.REGION, "region_operator"): {"operations.view", "dashboards.view", "schools.view", "reference.view"},
    (World.REGION, "district_specialist"): {"dashboards.view", "schools.view", "reference.view"},
}


def test_these_roles_and_no_others():
    assert {(role.world, role.slug) for role in roles()} == set(EXPECTED)


@pytest.mark.parametrize(("world", "slug"), list(EXPECTED))
def test_a_role_carries_exactly_its_permissions(world, slug):
    assert set(role_of(world, slug).capabilities) == EXPECTED[world, slug]


def test_every_permission_is_known_carried_by_somebody_and_of_the_roles_world():
    for world in World:
        known = {permission.name for permission in permissions(world)}
        carried = {name for role in roles(world) for name in role.capabilities}
        assert carried <= known
    everywhere = {name for role in roles() for name in role.capabilities}
    assert everywhere == {permission.name for permission in permissions()}
    assert {role.appointed_by for role in roles()} <= everywhere


def test_only_participants_do_without_a_second_factor():
    assert {role.slug for role in roles() if not role.needs_second_factor} == {"mentor", "mentee", "parent"}


def test_the_table_in_the_documentation_is_complete():
    text = (Path(__file__).resolve().parents[3] / "platform/docs/permissions.md").read_text()
    missing = [known.name for known in permissions() if f"`{known.name}`" not in text]
    missing += [role.slug for role in roles() if f"`{role.slug}`" not in text]
    assert missing == []


def test_what_the_coordinator_has_not_is_said_and_why():
    """The contract: everything but what is the director's alone; the page and the decision name what that is."""
    kept = EXPECTED[World.SCHOOL, "director"] - COORDINATOR
    docs = Path(__file__).resolve().parents[3] / "platform/docs"
    line = docs.joinpath("permissions.md").read_text().partition("The coordinator has everything but eight")[2]
    decision = (
        next(docs.glob("adr/0034-*.md")).read_text().partition("**Decision.**")[2].partition("**Consequences.**")[0]
    )
    for text in (line.partition("\n\n")[0], decision):
        assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", text)) - {"rights.view"} == kept
    assert len(kept) == 8
