"""The independent recount: the product's figures once more, from the written rules alone.

Nothing here imports the product, Django or a database. The workbooks are read with openpyxl, which the
product does not use, so that a fault of its reader cannot hide here too. Slow and plain on purpose: every
rule of the contract is one short function that a reader can compare with the sentence it stands for.
"""

from tests.support.oracle.records import (
    PERSONAL_DATA,
    Consent,
    Enrolment,
    Order,
    Pair,
    Person,
    Region,
    School,
)
from tests.support.oracle.recount import DEFINITIONS, identities, recount
from tests.support.oracle.workbooks import Reading, coverage_of, read_region, report_of

__all__ = [
    "DEFINITIONS",
    "PERSONAL_DATA",
    "Consent",
    "Enrolment",
    "Order",
    "Pair",
    "Person",
    "Reading",
    "Region",
    "School",
    "coverage_of",
    "identities",
    "read_region",
    "recount",
    "report_of",
]
