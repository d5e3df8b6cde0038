"""Who may do what to which table: the one place to read the rights of the database roles.

Tables that are not named: the role ``region`` has full DML in its schema, a school's role full DML in its own schema,
everyone else nothing.
"""

from core.tenancy.grants import Rights

_READ = "SELECT"
_APPEND = "SELECT, INSERT"
_CHANGE = "SELECT, INSERT, UPDATE"
_ALL = "SELECT, INSERT, UPDATE, DELETE"

RIGHTS = Rights(
    region={
        "django_migrations": "",
        "audit_auditrecord": _APPEND,
        "registry_statechange": _APPEND,
        # Written by the migrator alone.
        "registry_installation": _READ,
        # Written by schools; a restored database is given back what its journal holds.
        "tombstones_tombstone": _APPEND,
        # The region sees states and dates of transfers and asks the old school to settle them; never a card.
        "transfers_place": _READ,
        "transfers_transfer": "SELECT, UPDATE (called_at), DELETE",
        "transfers_transfercard": "",
        # The region asks for mergers and sees steps and counts; never a plan or what is carried.
        "mergers_merger": _CHANGE,
        "mergers_mergerstep": "SELECT, DELETE",
        "mergers_mergerplan": "",
        "mergers_mergerpart": "",
        # Made by the provisioner; the region takes a spare for a new school.
        "provisioning_schoolschema": "SELECT, UPDATE",
        "provisioning_schemascript": "",
        # The region asks for an archive and sees when it was made; what is in it the school alone reads.
        "provisioning_archive": _CHANGE,
        "provisioning_archivepart": "",
        # Figures are written by the roll-up; keys of people are for it alone.
        "rollup_personkey": "",
        "rollup_sharedrecord": "",
        "rollup_personrepeat": "",
        "rollup_ledger": _READ,
        "rollup_schoolstate": _READ,
        "rollup_cell": _READ,
        "rollup_repeat": _READ,
        "rollup_audit": _READ,
        "rollup_snapshot": _READ,
        "rollup_snapshotfigure": _READ,
    },
    rollup={
        "registry_installation": _READ,
        "registry_region": _READ,
        "registry_district": _READ,
        "registry_school": _READ,
        "provisioning_schoolschema": _READ,
        "provisioning_archive": _READ,
        "reference_definition": _READ,
        "reference_target": _READ,
        "events_mark": "SELECT, UPDATE, DELETE",
        # Whether anybody wants to be told; secrets there are sealed.
        "webhooks_webhook": _READ,
        "events_outbox": "SELECT, INSERT",
        "rollup_ledger": _CHANGE,
        "rollup_schoolstate": _ALL,
        "rollup_cell": _ALL,
        "rollup_personkey": _ALL,
        "rollup_sharedrecord": _ALL,
        "rollup_personrepeat": _ALL,
        "rollup_repeat": _ALL,
        "rollup_audit": _CHANGE,
        # Frozen is frozen: the database itself refuses to change it.
        "rollup_snapshot": _APPEND,
        "rollup_snapshotfigure": _APPEND,
    },
    school_shared={
        "reference_form": _READ,
        "reference_rolevariant": _READ,
        "reference_consentkind": _READ,
        "reference_clearancekind": _READ,
        "reference_definition": _READ,
        "reference_target": _READ,
        "reference_legalact": _READ,
        "reference_profile": _READ,
        "reference_questionnaire": _READ,
        "events_mark": "INSERT",
        "events_outbox": "INSERT",
        # Counts of its own letters.
        "mail_tally": "SELECT, INSERT, UPDATE",
        "provisioning_archive": _CHANGE,
        "provisioning_archivepart": "SELECT, INSERT, DELETE",
        "tombstones_tombstone": _APPEND,
        "transfers_place": _READ,
        # Between whom a transfer is, nobody changes.
        "transfers_transfer": "SELECT, INSERT, UPDATE (state, decided_at, settled_at)",
        "transfers_transfercard": "SELECT, INSERT, DELETE",
        "mergers_merger": _READ,
        "mergers_mergerstep": "SELECT, INSERT, DELETE",
        "mergers_mergerplan": _ALL,
        "mergers_mergerpart": "SELECT, INSERT, DELETE",
    },
    school_own={
        "django_migrations": _READ,
        "audit_auditrecord": _APPEND,
    },
    fact_views=("coverage_member", "coverage_engagement", "coverage_consent"),
    row_security={
        # table: (columns that hold the schema of the school that writes a row, and of another that it is for; roles
        # that see every row)
        "events_mark": ("school_schema", "rollup region"),
        "events_outbox": ("school_schema", "region rollup"),
        "mail_tally": ("school_schema", "region"),
        "provisioning_archive": ("school_schema", "region rollup"),
        "provisioning_archivepart": ("school_schema", ""),
        "tombstones_tombstone": ("school_schema", "region"),
        "transfers_transfer": ("from_schema to_schema", "region"),
        "transfers_transfercard": ("from_schema to_schema", ""),
        "mergers_merger": ("from_schema to_schema", "region"),
        "mergers_mergerstep": ("school_schema other_schema", "region"),
        "mergers_mergerplan": ("school_schema other_schema", ""),
        "mergers_mergerpart": ("school_schema other_schema", ""),
    },
)
