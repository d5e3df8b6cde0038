"""Makes the keys of all people of a school anew: after a restore, whose keys were made under another pepper."""

from __future__ import annotations

from django.db import connection

from schools.people.domain import NOBODYS_BIRTH_DATE
from schools.people.keys import name_key, snils_key
from schools.people.models import Person

_STORE = """
UPDATE people_person SET name_key = new.name_key, snils_key = new.snils_key
  FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS new (id, name_key, snils_key)
 WHERE people_person.id = new.id
"""
_STORE_RANDOM = """
UPDATE people_person SET name_key = replace(gen_random_uuid()::text, '-', ''), snils_key = '' WHERE birth_date = %s
"""


def rekey_people() -> int:
    """Compute the keys of everybody in the current school under the running pepper; return how many people.

    A card that is not changed by anybody keeps its ``updated_at``: the keys are not the school's data.
    """
    # Whoever was destroyed has no name to make a key of. He is told by his birth date: an older archive, whose keys are
    # made before it is migrated, has not got the column ``destroyed_at``.
    destroyed = Person.objects.filter(birth_date=NOBODYS_BIRTH_DATE)
    rows = list(
        Person.objects.exclude(birth_date=NOBODYS_BIRTH_DATE)
        .order_by("pk")
        .values_list("pk", "folded_name", "birth_date", "snils")
    )
    if destroyed.exists():
        with connection.cursor() as cursor:
            cursor.execute(_STORE_RANDOM, [NOBODYS_BIRTH_DATE])
    if rows:
        ids = [pk for pk, _name, _born, _snils in rows]
        names = [name_key(name, born) for _pk, name, born, _snils in rows]
        numbers = [snils_key(snils) for _pk, _name, _born, snils in rows]
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [ids, names, numbers])
    return len(rows)
