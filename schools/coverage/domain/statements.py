"""The SQL that rules become: over the fact views of one school or of many at once, as of a day.

The three views are read once, each row giving the bits it stands for; ``bit_or`` per person makes the mask, and each
definition is a filter over masks. A schema of None means unqualified names: the school's own context. The texts hold
no parameters: dates, kinds and bits are literals, schemas quoted identifiers.

What is said of one school is rendered once for a set of rules and a day, with marks for its schema and its place, and
then filled in for each school: composing 25 schools anew cost a tenth of running them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from psycopg import sql

from schools.coverage.domain.rules import KNOWN_ELSEWHERE, Ages, Bits, Rule, Test, bits_of, years_before

Rules = tuple[Rule, ...]
Schemas = tuple[str | None, ...]

# Neither can stand in a name or a literal.
_SCHEMA, _PLACE = "\0", "\1"
_MEMBER, _ENGAGEMENT, _CONSENT = (sql.SQL(f"{_SCHEMA}coverage_{name}") for name in ("member", "engagement", "consent"))

# Of one school: (school, hash of keys, birth date, first day of something, first day without it).
_WATCHED = (
    f"SELECT {_PLACE} AS school, hashtext(name_key || snils_key || person::text) AS hash, birth_date AS born, "  # noqa: S608
    f"enrolled_from AS starts, enrolled_to AS ends FROM {_SCHEMA}coverage_member "
    f"UNION ALL SELECT {_PLACE}, NULL, NULL, greatest(ordered_on, from_date), to_date + 1 "
    f"FROM {_SCHEMA}coverage_engagement "
    f"UNION ALL SELECT {_PLACE}, NULL, NULL, valid_from, valid_to FROM {_SCHEMA}coverage_consent"
)


def cells_statement(rules: Rules, day: date, schemas: Schemas, *, known_elsewhere: str = "") -> str:
    """Return the SQL of the figures of these schools, a row each.

    Columns: the school's place in ``schemas``; then for each rule in order the people engaged, in the base, and kept
    out by a missing consent alone. A school without facts has no row.

    ``known_elsewhere`` is the text of a SELECT of (place, person) naming those who have other records in the region;
    with it one column follows, a JSON object or NULL: such people of the school with their masks.
    """
    columns, branches = ["school", *_counts_of_all(rules)], _for_each(_facts(rules, day), schemas)
    if known_elsewhere:
        # One more bit of the mask, not a join: nothing for the planner to think about.
        branches += f" UNION ALL SELECT known.*, {KNOWN_ELSEWHERE} FROM ({known_elsewhere}) AS known"  # noqa: S608
        columns.append(_known_people(rules))
    return (
        f"SELECT {', '.join(columns)} FROM (SELECT school, person, bit_or(mask) AS mask FROM ({branches}) AS fact "  # noqa: S608
        "GROUP BY school, person) AS person_mask GROUP BY school"
    )


def people_statement(rules: Rules, day: date, schemas: Schemas) -> str:
    """Return the SQL of everybody these schools know, a row a record.

    Columns: the school's place, person, name key, СНИЛС key, mask (0 for somebody not enrolled, in no pair and
    without a consent on the day).
    """
    return (
        "SELECT school, person, max(name_key), max(snils_key), bit_or(mask) "  # noqa: S608
        f"FROM ({_for_each(_people(rules, day), schemas)}) AS fact GROUP BY 1, 2"
    )


def keys_statement(schemas: Schemas) -> str:
    """Return the SQL of the keys of everybody these schools know: the school's place, person, name and СНИЛС key."""
    return _for_each(
        f"SELECT DISTINCT {_PLACE}, person, name_key, snils_key FROM {_SCHEMA}coverage_member",  # noqa: S608
        schemas,
    )


def watch_statement(rules: Rules, day: date, schemas: Schemas) -> str:
    """Return the SQL of what to watch for in these schools, a row each; a school that knows nobody has no row.

    Columns: the school's place; a sum that changes when somebody's keys do; the earliest days after ``day`` on which
    something starts, and on which something is no longer, or NULL; then for each age of ``ages_watched`` the earliest
    birth date of those who have not reached it.
    """
    after = [("starts", day), ("ends", day)]
    after += [("born", years_before(day, years)) for years in ages_watched(rules)]
    columns = [f"min({name}) FILTER (WHERE {name} > '{cut.isoformat()}')" for name, cut in after]
    return (
        f"SELECT school, sum(hash), {', '.join(columns)} "  # noqa: S608
        f"FROM ({_for_each(_WATCHED, schemas)}) AS watched GROUP BY school"
    )


def ages_watched(rules: Rules) -> tuple[int, ...]:
    """Return the birthdays that change a result: the first year of an age range, and the first after it."""
    reached = {rule.age_from for rule in rules} | {None if rule.age_to is None else rule.age_to + 1 for rule in rules}
    return tuple(sorted(years for years in reached if years is not None))


def _for_each(template: str, schemas: Iterable[str | None]) -> str:
    return " UNION ALL ".join(
        template.replace(_SCHEMA, "" if schema is None else f"{sql.Identifier(schema).as_string(None)}.").replace(
            _PLACE, str(place)
        )
        for place, schema in enumerate(schemas)
    )


# --- What is said of one school --------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _facts(rules: Rules, day: date) -> str:
    """Return the selects of (school, person, mask)."""
    bits, columns = bits_of(rules), sql.SQL(f"{_PLACE} AS school, person")
    member = sql.SQL("SELECT {columns}, {mask} AS mask FROM {view} WHERE {enrolled} AND kind = ANY ({kinds})").format(
        columns=columns,
        mask=_member_mask(bits, day),
        view=_MEMBER,
        enrolled=_enrolled(day),
        kinds=sql.Literal(sorted(bits.kinds)),
    )
    return _union(member, _engagement(bits, day, columns), _consent(bits, day, columns))


@lru_cache(maxsize=64)
def _people(rules: Rules, day: date) -> str:
    """Return the selects of (school, person, name_key, snils_key, mask): members whether or not enrolled."""
    bits, columns = bits_of(rules), sql.SQL(f"{_PLACE}, person, NULL, NULL")
    member = sql.SQL(
        "SELECT {place} AS school, person, name_key, snils_key, CASE WHEN {enrolled} THEN {mask} ELSE 0 END AS mask "
        "FROM {view}"
    ).format(
        place=sql.SQL(_PLACE),
        enrolled=_enrolled(day),
        mask=_member_mask(bits, day),
        view=_MEMBER,
    )
    return _union(member, _engagement(bits, day, columns), _consent(bits, day, columns))


def _union(*selects: sql.Composed) -> str:
    return sql.SQL(" UNION ALL ").join(selects).as_string(None)


def _engagement(bits: Bits, day: date, columns: sql.Composable) -> sql.Composed:
    return sql.SQL(
        "SELECT {columns}, CASE role WHEN 'mentor' THEN {mentor} ELSE {mentee} END FROM {view} "
        "WHERE ordered_on <= {day} AND from_date <= {day} AND (to_date IS NULL OR to_date >= {day})"
    ).format(
        columns=columns,
        mentor=sql.Literal(bits.roles["mentor"]),
        mentee=sql.Literal(bits.roles["mentee"]),
        view=_ENGAGEMENT,
        day=sql.Literal(day),
    )


def _consent(bits: Bits, day: date, columns: sql.Composable) -> sql.Composed:
    # IS NOT FALSE reads valid_to, a computed column, once; with IS NULL OR it would be computed twice a row.
    return sql.SQL(
        "SELECT {columns}, {bit} FROM {view} WHERE valid_from <= {day} AND (valid_to > {day}) IS NOT FALSE"
    ).format(columns=columns, bit=sql.Literal(bits.consent), view=_CONSENT, day=sql.Literal(day))


def _enrolled(day: date) -> sql.Composed:
    return sql.SQL("enrolled_from <= {day} AND (enrolled_to IS NULL OR enrolled_to > {day})").format(
        day=sql.Literal(day)
    )


def _member_mask(bits: Bits, day: date) -> sql.Composed:
    kinds = sql.SQL(" ").join(
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(kind), sql.Literal(bit)) for kind, bit in bits.kinds.items()
    )
    # A region may have withdrawn every definition: then no kind counts, and a CASE without branches is no SQL.
    parts: list[sql.Composable] = [sql.SQL("CASE kind {} ELSE 0 END").format(kinds) if bits.kinds else sql.Literal(0)]
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


# --- What is counted over masks --------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _counts_of_all(rules: Rules) -> tuple[str, ...]:
    bits = bits_of(rules)
    return tuple(_counts(bits.test(rule)).as_string(None) for rule in rules)


def _counts(test: Test) -> sql.Composed:
    bits = {name: sql.Literal(getattr(test, name)) for name in ("kinds", "ages", "roles", "consent")}
    base = sql.SQL("mask & {kinds} <> 0 AND mask & {ages} = {ages}").format(**bits)
    paired = sql.SQL("{base} AND mask & {roles} <> 0").format(base=base, **bits)
    return sql.SQL(
        "count(*) FILTER (WHERE {paired} AND mask & {consent} = {consent}), count(*) FILTER (WHERE {base}), "
        "count(*) FILTER (WHERE {paired} AND mask & {consent} <> {consent})"
    ).format(paired=paired, base=base, **bits)


def _known_people(rules: Rules) -> str:
    kinds = sum(bits_of(rules).kinds.values())
    return f"jsonb_object_agg(person, mask) FILTER (WHERE mask & {KNOWN_ELSEWHERE} <> 0 AND mask & {kinds} <> 0)"
