"""The SQL that rules become: over the fact views of one school or of many at once, as of a day.

The three views are read once, each row giving the bits it stands for; ``bit_or`` per person makes the mask, and each
definition is a filter over masks. A schema of None means unqualified names: the school's own context. The texts hold
no parameters: dates, kinds and bits are literals, schemas quoted identifiers.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from psycopg import sql

from schools.coverage.domain.rules import KNOWN_ELSEWHERE, Ages, Bits, Rule, Test, bits_of, years_before

Schemas = tuple[str | None, ...]
_KNOWN = sql.Literal(KNOWN_ELSEWHERE)


def cells_statement(rules: tuple[Rule, ...], day: date, schemas: Schemas, *, known_elsewhere: str = "") -> str:
    """Return the SQL of the figures of these schools, a row each.

    Columns: the school's place in ``schemas``; then for each rule in order the people engaged, in the base, and kept
    out by a missing consent alone. A school without facts has no row.

    ``known_elsewhere`` is the text of a SELECT of (place, person) naming those who have other records in the region;
    with it two columns follow, arrays of the same length: such people of the school, and their masks.
    """
    bits = bits_of(rules)
    columns = [_counts(bits.test(rule)) for rule in rules]
    branches = [branch for place, schema in enumerate(schemas) for branch in _facts(bits, day, schema, place)]
    if known_elsewhere:
        # One more bit of the mask, not a join: nothing for the planner to think about.
        branches.append(sql.SQL("SELECT place, person, {} FROM ({}) AS known").format(_KNOWN, sql.SQL(known_elsewhere)))
        columns += [
            sql.SQL("array_agg({} ORDER BY person) FILTER (WHERE mask & {} <> 0 AND mask & {} <> 0)").format(
                column, _KNOWN, sql.Literal(sum(bits.kinds.values()))
            )
            for column in (sql.SQL("person"), sql.SQL("mask"))
        ]
    statement = sql.SQL(
        "SELECT school, {columns} FROM (SELECT school, person, bit_or(mask) AS mask FROM ({branches}) AS fact "
        "GROUP BY school, person) AS person_mask GROUP BY school"
    ).format(columns=sql.SQL(", ").join(columns), branches=sql.SQL(" UNION ALL ").join(branches))
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


def watch_statement(rules: tuple[Rule, ...], day: date, schemas: Schemas) -> str:
    """Return the SQL of what to watch for in these schools, a row each; a school that knows nobody has no row.

    Columns: the school's place; a sum that changes when somebody's keys do; the earliest day after ``day`` on which
    something starts or ends, or NULL; then for each age of ``ages_watched`` the earliest birth date of those who
    have not reached it.
    """
    cuts = [years_before(day, years) for years in ages_watched(rules)]
    branches = [branch for place, schema in enumerate(schemas) for branch in _watched(day, schema, place)]
    births = [sql.SQL("min(born) FILTER (WHERE born > {})").format(sql.Literal(cut)) for cut in cuts]
    columns = [sql.SQL("sum(hash)"), sql.SQL("min(next)"), *births]
    return (
        sql.SQL("SELECT school, {} FROM ({}) AS watched GROUP BY school")
        .format(sql.SQL(", ").join(columns), sql.SQL(" UNION ALL ").join(branches))
        .as_string(None)
    )


def ages_watched(rules: tuple[Rule, ...]) -> tuple[int, ...]:
    """Return the birthdays that change a result: the first year of an age range, and the first after it."""
    reached = {rule.age_from for rule in rules} | {None if rule.age_to is None else rule.age_to + 1 for rule in rules}
    return tuple(sorted(years for years in reached if years is not None))


def _watched(day: date, schema: str | None, place: int) -> tuple[sql.Composed, ...]:
    def later(column: str) -> sql.Composed:
        return sql.SQL("CASE WHEN {c} > {day} THEN {c} END").format(c=sql.SQL(column), day=sql.Literal(day))

    first = sql.Literal(place)
    member, engagement, consent = (_view(schema, f"coverage_{name}") for name in ("member", "engagement", "consent"))
    return (
        sql.SQL(
            "SELECT {} AS school, hashtext(name_key || snils_key || person::text) AS hash, birth_date AS born, "
            "least({}, {}) AS next FROM {}"
        ).format(first, later("enrolled_from"), later("enrolled_to"), member),
        sql.SQL("SELECT {}, NULL, NULL, least({}, {}) FROM {}").format(
            first, later("greatest(ordered_on, from_date)"), later("to_date + 1"), engagement
        ),
        sql.SQL("SELECT {}, NULL, NULL, least({}, {}) FROM {}").format(
            first, later("valid_from"), later("valid_to"), consent
        ),
    )


def _view(schema: str | None, name: str) -> sql.Identifier:
    return sql.Identifier(name) if schema is None else sql.Identifier(schema, name)


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
    # IS NOT FALSE reads valid_to, a computed column, once; with IS NULL OR it would be computed twice a row.
    return sql.SQL(
        "SELECT {columns}, {bit} FROM {view} WHERE valid_from <= {day} AND (valid_to > {day}) IS NOT FALSE"
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
