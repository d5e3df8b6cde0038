"""Work inside another installation, as a process of its own: ``python -m … VERB …``; each prints JSON.

``furnish`` gives the region what a region has before a school comes to it, and says nothing; ``add_form CODE`` adds a
form of mentoring; ``facts CODE`` tells all that is compared; ``session CODE`` lets somebody in.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

OWN_SCHOOL = "own-school"


def furnish() -> None:
    """Name the region, change an entry of its reference data, add districts and a school that works here already."""
    from core.tenancy import region
    from tenants.reference.models import Form
    from tenants.registry.models import District, Region
    from tests.faults.installation import fill

    with region():
        Region.objects.update_or_create(defaults={"title": "Другая область"})
        # One of the archive's name, under an id of its own.
        for title in ("Дальний район", "Проверочный район"):
            District.objects.create(title=title)
        Form.objects.filter(code="teacher-pupil").update(title="Педагог – обучающийся")
        assert not Form.objects.filter(code="of-the-first").exists()
    fill(OWN_SCHOOL)


def add_form(code: str) -> None:
    """Add a form to the region's reference data, titled otherwise than where the school comes from."""
    from core.tenancy import region
    from tenants.reference.models import Form

    with region():
        Form.objects.create(code=code, title="Здесь так", mentor_kinds=["teacher"], mentee_kinds=["pupil"])


def facts(code: str) -> dict[str, Any]:
    """Return everything of a school that another installation's may be compared with."""
    from core.tenancy import region
    from tenants.registry.models import School

    with region():
        found = School.objects.select_related("district").get(code=code)
        schools = dict(School.objects.order_by("code").values_list("code", "state"))
    row = {"id": str(found.pk), "title": found.title, "district": found.district and found.district.title}
    return {"school": row, "schools": schools, **facts_of(found.schema_name)}


def facts_of(schema: str) -> dict[str, Any]:
    """Return the rows, files and catalogue of a schema, and whether people's keys are this installation's."""
    from core.tenancy import region, school
    from schools.people.keys import name_key
    from schools.people.models import Person
    from tenants.provisioning.fingerprint import catalogue_facts
    from tests.tenants.provisioning.archive.contents_of import files_of, hashes_of

    with school(schema):
        people = list(Person.objects.order_by("pk"))
    keyed = [person for person in people if person.name_key]
    with region():
        catalogue = catalogue_facts(schema)
    return {
        "schema": schema,
        "tables": {name: list(told) for name, told in hashes_of(schema).items()},
        "files": {" ".join(key): hashlib.sha256(content).hexdigest() for key, content in files_of(schema).items()},
        "catalogue": catalogue,
        "keys": {str(person.pk): person.name_key for person in keyed},
        "keys_of_here": all(name_key(one.folded_name, one.birth_date) == one.name_key for one in keyed),
    }


def traces(code: str) -> list[str]:
    """Return the tables of a school that still speak of whoever was destroyed."""
    from core.tenancy import region, school
    from tenants.registry.models import School
    from tests.schools.rights.makers import TRACES, tables_that_speak_of

    with region():
        schema = School.objects.get(code=code).schema_name
    with school(schema):
        return sorted(tables_that_speak_of(*TRACES))


def session(code: str) -> str:
    """Sign a new coordinator in, as the director's invitation would; return the session's key."""
    from core.tenancy import region, school
    from tenants.registry.models import School
    from tests.support.accounts import make_user, session_for

    with region():
        schema = School.objects.get(code=code).schema_name
    with school(schema):
        return session_for(make_user("coordinator"))


if __name__ == "__main__":
    import django

    django.setup()
    verbs = {act.__name__: act for act in (furnish, add_form, facts, traces, session)}
    sys.stdout.write(json.dumps(verbs[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
