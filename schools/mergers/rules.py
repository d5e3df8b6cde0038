"""How rows of a merged school stand beside rows of this one.

Facts keep their true days and count here from the day of the merger. Classes and orders of the same title or number
stay two, told apart by the other school's code.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Max
from django.utils import timezone

from core.text import name_key as fold
from schools.pairs.models import Order
from schools.people.models import SchoolClass
from schools.questionnaires.models import Template
from schools.rights.holdings.people import name_of_destroyed
from schools.rights.models import Destruction
from tenants.mergers.accounts import free_name
from tenants.mergers.contents import Row, Taking, register_rule, register_stays

LONGEST_CLASS: Final = 30
_LONGEST_NUMBER: Final = 60
FACTS = ("people_enrolment", "consents_consent", "pairs_pair")


def class_beside(title: str, code: str, known: set[str]) -> str:
    """Return what a class is called here when this school has one of the same title: «5А (код)»."""
    return free_name(title, f" ({code})"[:LONGEST_CLASS], known, LONGEST_CLASS)


def _classes(rows: list[Row], taking: Taking) -> list[Row]:
    known: set[str] = taking.memo.setdefault("classes", set(SchoolClass.objects.values_list("title", flat=True)))
    for row in rows:
        title = row["title"]
        if title in known:
            chosen = taking.classes.get(title, "")
            row["title"] = chosen if chosen and chosen not in known else class_beside(title, taking.code, known)
            taking.renamed_classes[title] = row["title"]
        known.add(row["title"])
    taking.counts["classes"] += len(rows)
    return rows


def _orders(rows: list[Row], taking: Taking) -> list[Row]:
    """Tell numbers apart that both schools gave on one day.

    An order without a number makes nothing effective, and must not begin to: of two such ones of a day one is enough.
    """
    known: dict[tuple[str, str | None], str] = taking.memo.setdefault("orders", {})
    if not known:
        for key, number, day in Order.objects.values_list("id", "number", "signed_on"):
            known[number, day.isoformat() if day else None] = str(key)
    carried = []
    for row in rows:
        if (row["number"], row["signed_on"]) in known:
            if not row["number"]:
                taking.put_in_place(row["id"], known["", row["signed_on"]])
                continue
            numbers = {number for number, day in known if day == row["signed_on"]}
            row["number"] = free_name(row["number"], f" ({taking.code})", numbers, _LONGEST_NUMBER)
            taking.counts["orders_renumbered"] += 1
        known[row["number"], row["signed_on"]] = row["id"]
        carried.append(row)
    taking.counts["orders"] += len(carried)
    return carried


def _destructions(rows: list[Row], taking: Taking) -> list[Row]:
    """Number the other school's requests after this one's; later ones of either school have numbers of their own."""
    for row in rows:
        row["number"] += number_before(taking)
        taking.memo.setdefault("destroyed", {})[row["person_id"]] = row["number"]
    return rows


def number_before(taking: Taking) -> int:
    """Return what is added to the numbers of the other school's requests."""
    if "requests" not in taking.memo:
        taking.memo["requests"] = Destruction.objects.aggregate(last=Max("number"))["last"] or 0
    return int(taking.memo["requests"])


def _people(rows: list[Row], taking: Taking) -> list[Row]:
    """Call those who were destroyed by the new numbers of their requests."""
    for row in rows:
        number = taking.memo.get("destroyed", {}).get(row["id"])
        if row["destroyed_at"] is not None and number is not None:
            words = name_of_destroyed(number)
            row["surname"], row["name"] = words.rsplit(" ", 2)[0], " ".join(words.rsplit(" ", 2)[1:])
            row["folded_name"] = fold(words)
    taking.counts["people"] += sum(row["destroyed_at"] is None for row in rows)
    return rows


def _templates(rows: list[Row], taking: Taking) -> list[Row]:
    """Ask on by this school's questionnaires; what the other asked by stays as it was, under a version of its own.

    Both schools' snapshots of one version of the region are the same questions: one is enough.
    """
    if "templates" not in taking.memo:
        own = Template.objects.values_list("id", "code", "version", "region_version", "superseded_at")
        taking.memo["templates"] = {
            (code, version, str(of) if of else None): str(key) for key, code, version, of, _end in own
        }
        taking.memo["asked"] = {code for _key, code, _version, _of, end in own if end is None}
    known: dict[tuple[str, int, str | None], str] = taking.memo["templates"]
    carried = []
    for row in rows:
        key = row["code"], row["version"], row["region_version"]
        if key in known and row["region_version"]:
            taking.put_in_place(row["id"], known[key])
            continue
        if key in known:
            row["version"] = 1 + max(version for code, version, _of in known if code == row["code"])
        if row["code"] in taking.memo["asked"] and not row["superseded_at"]:
            row["superseded_at"] = timezone.now().isoformat()
        known[row["code"], row["version"], row["region_version"]] = row["id"]
        carried.append(row)
    return carried


def _responses(rows: list[Row], taking: Taking) -> list[Row]:
    """Let personal links end: they lead to the other school's host, which is no more."""
    for row in rows:
        row["link_hash"], row["link_expires_at"] = "", None
    return rows


def _facts(rows: list[Row], taking: Taking) -> list[Row]:
    for row in rows:
        row["counts_from"] = taking.day.isoformat()
    return rows


def _counted(name: str) -> Any:
    def rule(rows: list[Row], taking: Taking) -> list[Row]:
        taking.counts[name] += len(rows)
        return rows

    return rule


def register() -> None:
    """Say what stays behind and how the rest is carried."""
    journal = "the journal of the other school's own files: taken back here, it would take away what was taken over"
    register_stays(
        {
            "imports_importjob": journal,
            "imports_importfile": journal,
            "imports_importrow": journal,
            "imports_importtrace": journal,
            "imports_rememberedlayout": "this school's choices for the headings of its own files",
            "imports_feedpolicy": "limits that this school's director sets",
            "people_rollover": "the journal of the other school's moves: taken back here, it would undo others",
        }
    )
    register_rule("people_schoolclass", _classes, settles=("title",))
    register_rule("pairs_order", _orders, settles=("order_once",))
    register_rule("rights_destruction", _destructions, settles=("number",))
    register_rule("people_person", _people)
    register_rule("questionnaires_template", _templates, settles=("template_version",))
    register_rule("questionnaires_response", _responses, settles=("link_once",))
    for table, name in zip(FACTS, ("enrolments", "consents", "pairs"), strict=True):
        register_rule(table, _facts)
        register_rule(table, _counted(name))
