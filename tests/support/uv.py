"""The uv that tests build with: the one that the launcher would use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deploy.launch.environment import find_uv
from deploy.launch.report import LaunchError


def uv_as_program(folder: Path) -> Path:
    """Put a uv under its plain name into a folder, to be found on a PATH; return it.

    Skips the test where there is none and none can be fetched.
    """
    home = Path(os.environ.get("MENTORING_HOME", ""))
    with pytest.MonkeyPatch.context() as patch:
        if home.name == "test":
            # The check lives in a part of the instance; the launcher keeps its copy in the instance itself.
            patch.setenv("MENTORING_HOME", str(home.parent))
        try:
            found = find_uv()
        except LaunchError as error:
            pytest.skip(str(error))
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "uv"
    program.symlink_to(found)
    return program
