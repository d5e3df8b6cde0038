"""What of the programme goes into another school when two schools are merged."""

from __future__ import annotations

from schools.programme.models import SchoolForm
from tenants.mergers.accounts import free_name
from tenants.mergers.contents import Row, Taking, register_rule, register_stays

_LONGEST_TITLE = 120


def _forms(rows: list[Row], taking: Taking) -> list[Row]:
    """Carry the other school's own forms, for its pairs have their codes; two of one title are told apart."""
    known: dict[str, str] = dict(SchoolForm.objects.values_list("code", "title"))
    carried = []
    for row in rows:
        if row["code"] in known:
            # A code is random: the same one is the same form, in a school restored beside itself.
            taking.put_in_place(row["id"], str(SchoolForm.objects.get(code=row["code"]).pk))
            continue
        if row["title"] in known.values():
            row["title"] = free_name(row["title"], f" ({taking.code})", set(known.values()), _LONGEST_TITLE)
        known[row["code"]] = row["title"]
        carried.append(row)
    return carried


def register() -> None:
    """Say what stays behind and how own forms are carried."""
    plan = "the other school's plan of its own year: this school goes on by its own"
    register_stays({"programme_programmeyear": plan, "programme_programmetask": plan})
    register_rule("programme_schoolform", _forms, settles=("code",))
