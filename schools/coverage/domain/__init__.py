"""Coverage as pure rules: definitions, ages, identities, and the SQL that a definition becomes. No Django here."""

from schools.coverage.domain.identity import Keys, identities, identity_of_names
from schools.coverage.domain.rules import Bits, Rule, Test, age_on, birthday, bit_tests, bits_of, years_before
from schools.coverage.domain.statements import (
    ages_watched,
    cells_statement,
    keys_statement,
    people_statement,
    watch_statement,
)

__all__ = [
    "Bits",
    "Keys",
    "Rule",
    "Test",
    "age_on",
    "ages_watched",
    "birthday",
    "bit_tests",
    "bits_of",
    "cells_statement",
    "identities",
    "identity_of_names",
    "keys_statement",
    "people_statement",
    "watch_statement",
    "years_before",
]
