"""What a school's schema really holds, as one hash: equal for two schools exactly when their catalogues are equal.

``django_migrations`` is no proof: it also records what was never run. Names of the schema and of its role are
replaced by one sign, order of creation and numbers of objects do not count.
"""

from __future__ import annotations

import hashlib
from typing import Final

from django.db import connection

PLACE: Final = "@"

# What stands in a schema, found by its dependence on it: pg_class has no index by schema and a row for each table of
# every school.
_OBJECTS: Final = """
SELECT n.oid, array(SELECT d.objid FROM pg_catalog.pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass
                       AND d.refobjid = n.oid AND d.classid = 'pg_class'::regclass),
       array(SELECT d.objid FROM pg_catalog.pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass
                AND d.refobjid = n.oid AND d.classid = 'pg_proc'::regclass)
  FROM pg_catalog.pg_namespace n WHERE n.nspname = %s
"""

# One line for each fact. Privileges are spelt out, so that "none granted yet" equals "the owner's own".
_FACTS: Final = """
WITH rel AS MATERIALIZED (SELECT * FROM pg_catalog.pg_class WHERE oid = ANY(%(relations)s::oid[])),
routine AS MATERIALIZED (SELECT * FROM pg_catalog.pg_proc WHERE oid = ANY(%(routines)s::oid[])),
granted AS (
    SELECT 'schema' AS what, n.nspname::text AS name, n.nspowner AS owner,
           coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
      FROM pg_catalog.pg_namespace n WHERE n.oid = %(place)s
    UNION ALL SELECT 'relation', c.relname, c.relowner,
           coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
      FROM rel c WHERE c.relkind IN ('r', 'v', 'm', 'p', 'S')
    UNION ALL SELECT 'column', c.relname || '.' || a.attname, c.relowner, a.attacl
      FROM rel c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
     WHERE a.attrelid = ANY(%(relations)s::oid[]) AND a.attacl IS NOT NULL
    UNION ALL SELECT 'routine', f.oid::regprocedure::text, f.proowner,
           coalesce(f.proacl, acldefault('f', f.proowner)) FROM routine f
)
SELECT concat_ws('|', 'relation', c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
                 c.reloptions::text, r.rolname)
  FROM rel c JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
UNION ALL SELECT concat_ws('|', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                 a.attidentity, a.attgenerated, l.collname, pg_get_expr(d.adbin, d.adrelid))
  FROM rel c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
 WHERE a.attrelid = ANY(%(relations)s::oid[]) AND c.relkind IN ('r', 'v', 'm', 'p')
UNION ALL SELECT concat_ws('|', 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid), k.condeferrable,
                 k.condeferred, k.convalidated)
  FROM pg_catalog.pg_constraint k JOIN rel c ON c.oid = k.conrelid WHERE k.conrelid = ANY(%(relations)s::oid[])
UNION ALL SELECT concat_ws('|', 'index', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisready)
  FROM pg_catalog.pg_index i WHERE i.indrelid = ANY(%(relations)s::oid[])
UNION ALL SELECT concat_ws('|', 'view', c.relname, pg_get_viewdef(c.oid)) FROM rel c WHERE c.relkind IN ('v', 'm')
UNION ALL SELECT concat_ws('|', 'sequence', c.relname, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax,
                 s.seqmin, s.seqcache, s.seqcycle)
  FROM pg_catalog.pg_sequence s JOIN rel c ON c.oid = s.seqrelid
UNION ALL SELECT concat_ws('|', 'trigger', pg_get_triggerdef(t.oid), t.tgenabled)
  FROM pg_catalog.pg_trigger t WHERE t.tgrelid = ANY(%(relations)s::oid[]) AND NOT t.tgisinternal
UNION ALL SELECT concat_ws('|', 'policy', c.relname, y.polname, y.polcmd, y.polpermissive, y.polroles::regrole[]::text,
                 pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))
  FROM pg_catalog.pg_policy y JOIN rel c ON c.oid = y.polrelid
UNION ALL SELECT concat_ws('|', 'routine', pg_get_functiondef(f.oid), r.rolname)
  FROM routine f JOIN pg_catalog.pg_roles r ON r.oid = f.proowner
UNION ALL SELECT concat_ws('|', 'right', g.what, g.name, o.rolname, coalesce(e.rolname, 'PUBLIC'), x.privilege_type,
                 x.is_grantable)
  FROM granted g CROSS JOIN LATERAL aclexplode(g.acl) x JOIN pg_catalog.pg_roles o ON o.oid = g.owner
  LEFT JOIN pg_catalog.pg_roles e ON e.oid = x.grantee
UNION ALL SELECT concat_ws('|', 'member', g.rolname, u.rolname, m.admin_option, m.inherit_option, m.set_option)
  FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
  JOIN pg_catalog.pg_roles u ON u.oid = m.member
 WHERE m.roleid = to_regrole(%(schema)s) OR m.member = to_regrole(%(schema)s)
"""


def catalogue_facts(schema: str) -> list[str]:
    """Return what the catalogue says of one school's schema and role, one sorted line for each fact.

    Tables, columns, types, defaults, constraints, indexes, views, sequences, triggers, routines, row policies,
    owners and every right. Runs in ``region()``, so that every name comes back qualified the same way.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OBJECTS, [schema])
        place, relations, routines = cursor.fetchone() or (None, [], [])
        cursor.execute(
            _FACTS, {"schema": schema, "place": place, "relations": list(relations), "routines": list(routines)}
        )
        return sorted(str(line).replace(schema, PLACE) for (line,) in cursor.fetchall())


def fingerprint(schema: str) -> str:
    """Return the hash of ``catalogue_facts``: 64 hex digits. Runs in ``region()``."""
    return hashlib.sha256("\n".join(catalogue_facts(schema)).encode()).hexdigest()
