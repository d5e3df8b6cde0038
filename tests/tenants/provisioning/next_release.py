"""Settings of production whose apps have the migrations of a next release: ``TEST_MIGRATION_MODULES`` names them."""

from __future__ import annotations

import os

from config.settings.production import *  # noqa: F403

MIGRATION_MODULES = dict(pair.split(":") for pair in os.environ["TEST_MIGRATION_MODULES"].split())
