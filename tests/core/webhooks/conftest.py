"""A receiver for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.webhooks.receiver import Receiver, listening


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found
