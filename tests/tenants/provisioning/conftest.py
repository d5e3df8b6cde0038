"""Fixtures of provisioning: somebody who acts, and roles of made-up schools that go again."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from core.accounts.models import User
from core.tenancy import region
from tests.support.database import superuser_url


@pytest.fixture
def actor(db):
    """Return a user of the region."""
    with region():
        return User.objects.create_user(login="operator", name="Оператор")


@pytest.fixture
def forget_roles():
    """Drop the roles of schools that a test makes: they belong to the cluster, not to the test's database."""
    names: list[str] = []
    yield names.append
    from django.db import connection

    database = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(superuser_url(database), autocommit=True) as cluster:
        for name in names:
            identifier = sql.Identifier(name)
            if cluster.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
                cluster.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(identifier))
                cluster.execute(sql.SQL("DROP ROLE {}").format(identifier))
