"""Django's command line for a checkout. The checkout's root holds the other source packages."""

import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from config.cli import main

if __name__ == "__main__":
    main()
