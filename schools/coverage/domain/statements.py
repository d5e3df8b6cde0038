"""The SQL that rules become: over the fact views of one school or of many at once, as of a day.

The three views are read once, each row giving the bits it stands for; ``bit_or`` per person makes the mask, and each
definition is a filter over masks. A schema of None means unqualified names: the school's own context. The texts hold
no parameters: dates, kinds and bits are literals, schemas quoted identifiers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from psycopg import sql

from schools.coverage.domain.rules import Ages, Bits, Rule, Test, bits_of, years_before

Schemas = tuple[str | None, ...]


@lru_cache(maxsize=256)
def cells_statement(rules: tuple[Rule, ...], day: date, schemas: Schemas) -> str:
    """Return the SQL of the figures of these schools, a row each.

    Columns: the school's place in ``schemas``; then for each rule in order the people engaged, in the base, and kept
    out by a missing consent alone. A school without facts has no row.
    """
    bits = bits_of(rules)
    statement = sql.SQL("SELECT school, {counts} FROM ({masks}) AS person_mask GROUP BY school").format(
        counts=sql.SQL(", ").join(_counts(bits.test(rule)) for rule in rules),
        masks=_masks(bits, day, schemas),
    )
    return statement.as_string(None)


@lru_cache(maxsize=256)
def people_statement(rules: tuple[Rule, ...], day: date, schemas: Schemas) -> str:
    """Return the SQL of everybody these schools know, a row a record.

    Columns: the school's place, person, name key, СНИЛС key, mask (0 for somebody not enrolled, in no pair and
    without a consent on the day; keys are NULL for nobody: each record is a member).
    """
    bits = bits_of(rules)
    facts = sql.SQL(" UNION ALL ").join(
        branch
        for place, schema in enumerate(schemas)
        for branch in (
            sql.SQL(
                "SELECT {place} AS school, person, name_key, snils_key, "
                "CASE WHEN {enrolled} THEN {mask} ELSE 0 END AS mask FROM {view}"
            ).format(
                place=sql.Literal(place),
                enrolled=_enrolled(day),
                mask=_member_mask(bits, day),
                view=_view(schema, "coverage_member"),
            ),
            _engagement(bits, day, schema, sql.SQL("{}, person, NULL, NULL").format(sql.Literal(place))),
            _consent(bits, day, schema, sql.SQL("{}, person, NULL, NULL").format(sql.Literal(place))),
        )
    )
    return (
        sql.SQL("SELECT school, person, max(name_key), max(snils_key), bit_or(mask) FROM ({}) AS fact GROUP BY 1, 2")
        .format(facts)
        .as_string(None)
    )


@lru_cache(maxsize=256)
def keys_statement(schemas: Schemas) -> str:
    """Return the SQL of the keys of everybody these schools know: the school's place, person, name and СНИЛС key."""
    return (
        sql.SQL(" UNION ALL ")
        .join(
            sql.SQL("SELECT DISTINCT {}, person, name_key, snils_key FROM {}").format(
                sql.Literal(place), _view(schema, "coverage_member")
            )
            for place, schema in enumerate(schemas)
        )
        .as_string(None)
    )


def _view(schema: str | None, name: str) -> sql.Identifier:
    return sql.Identifier(name) if schema is None else sql.Identifier(schema, name)


def _masks(bits: Bits, day: date, schemas: Sequence[str | None]) -> sql.Composed:
    facts = sql.SQL(" UNION ALL ").join(
        branch for place, schema in enumerate(schemas) for branch in _facts(bits, day, schema, place)
    )
    return sql.SQL("SELECT school, person, bit_or(mask) AS mask FROM ({}) AS fact GROUP BY school, person").format(
        facts
    )


def _facts(bits: Bits, day: date, schema: str | None, place: int) -> tuple[sql.Composed, ...]:
    """Return the selects of (school, person, mask) of one school."""
    columns = sql.SQL("{} AS school, person").format(sql.Literal(place))
    return (
        _member(bits, day, schema, columns),
        _engagement(bits, day, schema, columns),
        _consent(bits, day, schema, columns),
    )


def _member(bits: Bits, day: date, schema: str | None, columns: sql.Composable) -> sql.Composed:
    return sql.SQL("SELECT {columns}, {mask} AS mask FROM {view} WHERE {enrolled} AND kind = ANY ({kinds})").format(
        columns=columns,
        mask=_member_mask(bits, day),
        view=_view(schema, "coverage_member"),
        enrolled=_enrolled(day),
        kinds=sql.Literal(sorted(bits.kinds)),
    )


def _engagement(bits: Bits, day: date, schema: str | None, columns: sql.Composable) -> sql.Composed:
    return sql.SQL(
        "SELECT {columns}, CASE role WHEN 'mentor' THEN {mentor} ELSE {mentee} END FROM {view} "
        "WHERE ordered_on <= {day} AND from_date <= {day} AND (to_date IS NULL OR to_date >= {day})"
    ).format(
        columns=columns,
        mentor=sql.Literal(bits.roles["mentor"]),
        mentee=sql.Literal(bits.roles["mentee"]),
        view=_view(schema, "coverage_engagement"),
        day=sql.Literal(day),
    )


def _consent(bits: Bits, day: date, schema: str | None, columns: sql.Composable) -> sql.Composed:
    return sql.SQL(
        "SELECT {columns}, {bit} FROM {view} WHERE valid_from <= {day} AND (valid_to IS NULL OR valid_to > {day})"
    ).format(
        columns=columns,
        bit=sql.Literal(bits.consent),
        view=_view(schema, "coverage_consent"),
        day=sql.Literal(day),
    )


def _enrolled(day: date) -> sql.Composed:
    return sql.SQL("enrolled_from <= {day} AND (enrolled_to IS NULL OR enrolled_to > {day})").format(
        day=sql.Literal(day)
    )


def _member_mask(bits: Bits, day: date) -> sql.Composed:
    kinds = sql.SQL(" ").join(
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(kind), sql.Literal(bit)) for kind, bit in bits.kinds.items()
    )
    parts: list[sql.Composable] = [sql.SQL("CASE kind {} ELSE 0 END").format(kinds)]
    parts += [_age_bit(ages, bit, day) for ages, bit in bits.ages.items()]
    return sql.SQL(" | ").join(parts)


def _age_bit(ages: Ages, bit: int, day: date) -> sql.Composed:
    age_from, age_to = ages
    conditions: list[sql.Composable] = []
    if age_from is not None:
        conditions.append(sql.SQL("birth_date <= {}").format(sql.Literal(years_before(day, age_from))))
    if age_to is not None:
        conditions.append(sql.SQL("birth_date > {}").format(sql.Literal(years_before(day, age_to + 1))))
    return sql.SQL("CASE WHEN {} THEN {} ELSE 0 END").format(sql.SQL(" AND ").join(conditions), sql.Literal(bit))


def _counts(test: Test) -> sql.Composed:
    bits = {name: sql.Literal(getattr(test, name)) for name in ("kinds", "ages", "roles", "consent")}
    base = sql.SQL("mask & {kinds} <> 0 AND mask & {ages} = {ages}").format(**bits)
    paired = sql.SQL("{base} AND mask & {roles} <> 0").format(base=base, **bits)
    return sql.SQL(
        "count(*) FILTER (WHERE {paired} AND mask & {consent} = {consent}), count(*) FILTER (WHERE {base}), "
        "count(*) FILTER (WHERE {paired} AND mask & {consent} <> {consent})"
    ).format(paired=paired, base=base, **bits)
