"""Where things lie: the checkout, the instance folder, the environment, and who owns them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock
from pathlib import Path

from deploy.launch import machine
from deploy.launch.report import LaunchError

CHECKOUT = Path(__file__).resolve().parents[2]
SERVERS_OF_ROOT = Path("/var/lib/mentoring-region")


def is_ours(path: Path) -> bool:
    """Say whether a path is absent or belongs to whoever runs us."""
    try:
        return path.stat().st_uid == os.geteuid()
    except FileNotFoundError:
        return True


def own_folder(name: str) -> Path:
    """Return the checkout's folder `name`, or `name-<uid>` where another user of this checkout made the first."""
    shared = CHECKOUT / name
    return shared if is_ours(shared) else CHECKOUT / f"{name}-{os.geteuid()}"


def instance_home(part: str = "") -> Path:
    """Return (and make) the folder of the instance: MENTORING_HOME, else `.local` of the checkout.

    `part` names a folder inside for a private instance (`test`, `bench`).

    :raises LaunchError: when the folder belongs to somebody else or cannot be made.
    """
    given = os.environ.get("MENTORING_HOME")
    home = Path(given).expanduser().resolve() if given else own_folder(".local")
    home = home / part if part else home
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LaunchError(
            f"The folder of the instance, {home}, cannot be made: {problem.strerror}.\n"
            "Name a folder that you may write to: MENTORING_HOME=/some/folder python3 run.py …"
        ) from None
    if not os.access(home, os.W_OK) or not is_ours(home / "secrets.json"):
        raise LaunchError(
            f"The instance in {home} belongs to another user. Run as that user, or keep one of your own: "
            "MENTORING_HOME=/some/folder python3 run.py …"
        )
    return home


def environment_folder() -> Path:
    """Return where the Python environment lies; it may not exist yet."""
    folder = own_folder(".venv")
    writable = folder if folder.exists() else CHECKOUT
    return folder if os.access(writable, os.W_OK) else instance_home() / "venv"


def environment_python() -> Path:
    """Return the interpreter of the environment."""
    return environment_folder() / "bin" / "python"


def installed(package: str) -> Path:
    """Return the folder of a package installed in the environment, without importing it.

    :raises LaunchError: when it is not there.
    """
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    folder = environment_folder() / "lib" / version / "site-packages" / package
    if not folder.is_dir():
        raise LaunchError(
            f"The package {package} is not installed. Give servers of your own in DATABASE_URL, "
            "DATABASE_ADMIN_URL and REDIS_URL, or start again on a supported system (Linux x86-64)."
        )
    return folder


def servers_folder(home: Path, instance_id: str) -> Path:
    """Return where the servers keep programs and data: inside the instance, as a rule.

    Root's servers run as an ordinary user. Where that user cannot enter the instance (a clone under /root), they get a
    folder of the system's, named by the random id of the instance so that a new instance never meets an old one's
    data.
    """
    inside = home / "servers"
    inside.mkdir(exist_ok=True)
    account = machine.ordinary_user()
    if account is None:
        return inside
    inside.chmod(0o755)
    if not machine.everybody_reaches(inside):
        inside = SERVERS_OF_ROOT / instance_id
        inside.mkdir(parents=True, exist_ok=True)
        SERVERS_OF_ROOT.chmod(0o755)
        inside.chmod(0o755)
    return inside


class Lock:
    """A lock between processes, on a file of the instance; the system lets go of it when its holder dies."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; False when it is another's and we do not wait."""
        try:
            flock(self.descriptor, (LOCK_SH if shared else LOCK_EX) | (0 if wait else LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of the lock and keep the file open for the next time."""
        flock(self.descriptor, LOCK_UN)

    def close(self) -> None:
        """Let go of the lock for good."""
        os.close(self.descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock for the length of a block."""
    lock = Lock(path)
    try:
        lock.take()
        yield
    finally:
        lock.close()
