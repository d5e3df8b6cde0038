"""What an import wrote, kept with it in the same transaction, so that the whole of it can be taken back.

Ids of new rows, ids and former values of changed ones, and of each row a print of what people may change in it: a
print that no longer fits tells that somebody has worked on the row since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, F, Func, JSONField, Model, TextField, Value
from django.db.models.functions import Cast

from schools.consents.models import Consent
from schools.imports.domain.plan import Change
from schools.imports.models import ImportJob, ImportTrace
from schools.pairs.models import Order, Pair
from schools.people.models import Enrolment, Person, PersonKind, SchoolClass

# Every table an import writes, in an order in which rows may be deleted, and the columns of its print. What is not
# named is either the row's own id or made from the others. Kinds and classes are made and taken away, never changed:
# they need no prints.
WATCHED: Final[dict[type[Model], tuple[str, ...]]] = {
    Consent: (
        "person_id", "kind", "signer", "signer_kinship", "number", "given_on", "valid_until", "withdrawn_on",
    ),
    Pair: (
        "mentor_id", "mentee_id", "group_id", "form_code", "role_variant", "starts_on", "ends_on", "end_reason",
        "end_code", "is_substitute", "order_id", "replaces_id", "ended_by_id",
    ),
    Order: ("number", "signed_on", "approved_by", "approved_at", "cancels_id"),
    Enrolment: ("person_id", "kind", "school_class_id", "post", "experience_years", "admitted_on", "left_on"),
    PersonKind: (),
    Person: ("surname", "name", "patronymic", "birth_date", "sex", "snils", "phone", "email", "destroyed_at"),
    SchoolClass: (),
}  # fmt: skip
DERIVED: Final = frozenset(
    {"id", "is_continuation", "counts_from", "folded_name", "name_key", "snils_key", "created_at", "updated_at"}
    | {"is_withdrawn_own"}
)


class Journal:
    """Collects, while an import is written, what it makes and what it finds before it changes it."""

    def __init__(self) -> None:
        self._new: dict[type[Model], list[UUID]] = defaultdict(list)
        self._before: dict[type[Model], dict[UUID, dict[str, Any]]] = defaultdict(dict)

    def note_new(self, model: type[Model], ids: Iterable[UUID]) -> None:
        """Note rows that are about to be added."""
        self._new[model].extend(ids)

    def note_before(self, model: type[Model], fields: Sequence[str], ids: Collection[UUID]) -> None:
        """Note what the fields (names of columns) of stored rows hold, before they are changed."""
        kept = [name for name in fields if name not in DERIVED]
        for values in model._default_manager.filter(pk__in=ids).values("pk", *kept):
            before = self._before[model].setdefault(values.pop("pk"), {})
            # Of a row that is changed twice what was there at first is kept.
            before.update({name: value for name, value in values.items() if name not in before})

    def keep(self, job: ImportJob) -> None:
        """Store the journal of a written import; nothing for tables that it left alone."""
        rows = []
        for model in WATCHED:
            for ids, before in ((self._new[model], None), (list(self._before[model]), self._before[model])):
                if ids:
                    prints = prints_of(model, ids) if WATCHED[model] else {}
                    rows.append(
                        ImportTrace(
                            job=job,
                            table=model._meta.label_lower,
                            is_new=before is None,
                            ids=ids,
                            prints=[prints[key] for key in ids] if prints else [],
                            before=[before[key] for key in ids] if before is not None else [],
                        )
                    )
        ImportTrace.objects.bulk_create(rows)
        job.is_journalled = True


def prints_of(model: type[Model], ids: Collection[UUID]) -> dict[UUID, int]:
    """Return a print, 64 bits, of those of the rows that are there."""
    named = [part for name in WATCHED[model] for part in (Value(name), F(name))]
    # Without what is NULL, so that a column that comes later changes no print before somebody fills it.
    filled = Func(
        Func(*named, function="jsonb_build_object", output_field=JSONField()),
        function="jsonb_strip_nulls",
        output_field=JSONField(),
    )
    made = Func(Cast(filled, TextField()), Value(0), function="hashtextextended", output_field=BigIntegerField())
    return dict(model._default_manager.filter(pk__in=ids).values_list("pk", made))


def former_values(model: type[Model], trace: ImportTrace) -> list[Change]:
    """Return the values that changed rows had before the import, as a journal keeps them."""
    return [
        Change(key, {name: _column(model, name).to_python(value) for name, value in before.items()})
        for key, before in zip(trace.ids, trace.before, strict=True)
    ]


def _column(model: type[Model], name: str) -> Any:
    column: Any = next(field for field in model._meta.concrete_fields if field.attname == name)
    return column.target_field if column.is_relation else column


def watched_tables() -> Mapping[str, type[Model]]:
    """Return the tables of journals by the names under which they are kept."""
    return {model._meta.label_lower: model for model in WATCHED}
