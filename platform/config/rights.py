"""Who may do what to which table: the one place to read the rights of the database roles.

Tables that are not named: the role ``region`` has full DML in its schema, a school's role full DML in its own schema,
everyone else nothing.
"""

from core.tenancy.grants import Rights

_READ = "SELECT"
_APPEND = "SELECT, INSERT"
_ALL = "SELECT, INSERT, UPDATE, DELETE"

RIGHTS = Rights(
    region={
        "django_migrations": "",
        "audit_auditrecord": _APPEND,
        "registry_statechange": _APPEND,
        # Written once, by the migrator.
        "registry_installation": _READ,
    },
    rollup={
        "registry_region": _READ,
        "registry_district": _READ,
        "registry_school": _READ,
        "reference_definition": _READ,
        "reference_target": _READ,
        "events_mark": "SELECT, UPDATE, DELETE",
        "events_outbox": "SELECT, INSERT",
    },
    school_shared={
        "reference_form": _READ,
        "reference_rolevariant": _READ,
        "reference_consentkind": _READ,
        "reference_definition": _READ,
        "reference_target": _READ,
        "reference_legalact": _READ,
        "events_mark": "INSERT",
        "events_outbox": "INSERT",
    },
    school_own={
        "django_migrations": "",
        "audit_auditrecord": _APPEND,
    },
    fact_views=("coverage_member", "coverage_engagement", "coverage_consent"),
    row_security={
        # table: (column that holds the school's schema, roles that see every row)
        "events_mark": ("school_schema", "rollup region"),
        "events_outbox": ("school_schema", "region rollup"),
    },
)
