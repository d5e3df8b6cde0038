"""Run the platform from a clean clone: `python3 run.py demo`. Needs nothing but Python and the network.

This file only makes sure that the interpreter is one the rest can be read by, and therefore keeps to old
syntax; the launcher itself is `deploy/launch`.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def main() -> int:
    """Check the Python version, then hand over to the launcher; the exit code is the launcher's."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        print(
            f"run.py needs Python 3.11, 3.12 or 3.13, and this is {found} ({sys.executable}).\n"
            "Start it with another one, for example: python3.11 run.py demo",
            file=sys.stderr,
        )
        return 1
    from deploy.launch.cli import launch

    return launch(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
