"""The Python environment: finds or fetches uv, then installs exactly what the lock says, with this very Python."""

import hashlib
import html
import io
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

from deploy.launch import machine
from deploy.launch.places import CHECKOUT, environment_folder, environment_python, instance_home, locked
from deploy.launch.report import LaunchError, say

UV_VERSION = "0.13.9"
UV_WHEEL = f"uv-{UV_VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
UV_SHA256 = "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19"
UV_URL = (
    "https://files.pythonhosted.org/packages/3d/aa/26d64642d808de4a652579ef950d7cd2d37f080a8babf9c67c6b75fc4c3f/"
    + UV_WHEEL
)
OLDEST_UV = (0, 7)
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
STAMP = ".installed-by-launcher"


def prepare_environment(*, embedded: bool) -> None:
    """Install the locked packages, unless this very state is installed already (then no uv and no network).

    `embedded` says whether the packages of the embedded servers are wanted.

    :raises LaunchError: when uv can be neither found nor fetched, or the installation fails.
    """
    folder = environment_folder()
    state = _wanted_state(embedded=embedded)
    # The embedded servers' packages harm nobody, and another instance of this folder may be running from them.
    enough = {state, _wanted_state(embedded=True)}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(instance_home() / ".environment.lock"):
        if _installed_state(folder) in enough and environment_python().exists():
            return
        command = [str(find_uv()), "sync", "--frozen", "--python", _base_python(), "--project", str(CHECKOUT)]
        # Compiled once here, not by each of the processes that are started together a moment later.
        command += ["--compile-bytecode"]
        command += [] if embedded else ["--no-group", "embedded"]
        say(f"installing the locked packages into {folder}")
        if not _install(command, _uv_environment(folder)):
            raise LaunchError(
                "The packages could not be installed; uv's own words are above. Usual causes: no way to PyPI "
                "(behind a proxy set HTTPS_PROXY; with your own certificate set SSL_CERT_FILE) or a full disk."
            )
        (folder / STAMP).write_text(state, encoding="utf-8")
        say("packages are installed")


def _install(command: list[str], environment: dict[str, str]) -> bool:
    """Run uv, trusting the system's certificates if there are any; if that fails, once more with the others.

    uv brings certificates of its own and asks the system's only when told to; an organisation's proxy is known to the
    system alone, and a bare container has none.
    """
    first = _has_system_certificates()
    for trusts_system in (first, not first):
        if trusts_system != first:
            say(f"trying again with {'the certificates of the system' if trusts_system else 'the certificates of uv'}")
        variables = environment | {"UV_SYSTEM_CERTS": "1" if trusts_system else "0"}
        if subprocess.run(command, env=variables, cwd=CHECKOUT, stdout=sys.stderr).returncode == 0:
            return True
    return False


def _has_system_certificates() -> bool:
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile) or bool(paths.capath and any(Path(paths.capath).iterdir()))


def _wanted_state(*, embedded: bool) -> str:
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((CHECKOUT / name).read_bytes())
    # The project is installed as a link to this folder by this interpreter: a moved clone or another Python
    # differs.
    digest.update(f"{CHECKOUT}|{_base_python()}|{sys.version}|{embedded}".encode())
    return digest.hexdigest()


def _installed_state(folder: Path) -> str:
    try:
        return (folder / STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def _base_python() -> str:
    """Return the interpreter outside any environment, because ours may be rebuilt while it runs."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def _uv_environment(folder: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    environment["UV_PROJECT_ENVIRONMENT"] = str(folder)
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    home = Path(environment.get("HOME") or "/nonexistent")
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    if "UV_CACHE_DIR" not in environment and not _is_writable(cache):
        environment["UV_CACHE_DIR"] = str(instance_home() / "tools" / "uv-cache")
    return environment


def _is_writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def find_uv() -> Path:
    """Return a working uv: the one on PATH, our private copy, or a freshly fetched one."""
    private = instance_home() / "tools" / f"uv-{UV_VERSION}"
    on_path = shutil.which("uv")
    for candidate in (Path(on_path) if on_path else None, private):
        if candidate and _works(candidate):
            return candidate
    return fetch_uv(private)


def _works(uv: Path) -> bool:
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    version = re.match(r"uv (\d+)\.(\d+)", answer)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_UV


def fetch_uv(target: Path) -> Path:
    """Fetch the pinned wheel of uv, check its sum, and put the program at `target`.

    :raises LaunchError: when no address answers or the sum is another.
    """
    if machine.unsupported():
        raise LaunchError("uv is not installed. Install it (https://docs.astral.sh/uv/) and start again.")
    problems = []
    for source in (_address_in_index, lambda: UV_URL):
        try:
            address = source()
            if address is None:
                continue
            say(f"fetching uv {UV_VERSION} from {urllib.parse.urlsplit(address).hostname}")
            wheel = _download(address)
        except (OSError, ValueError) as problem:
            problems.append(str(problem))
            continue
        if hashlib.sha256(wheel).hexdigest() == UV_SHA256:
            return _unpack(wheel, target)
        problems.append("what came is not the pinned file (its sha256 differs)")
    raise LaunchError(
        f"uv {UV_VERSION} could not be fetched: {'; '.join(problems)}.\n"
        "Install uv yourself (https://docs.astral.sh/uv/), or give a way to PyPI: HTTPS_PROXY, "
        "PIP_INDEX_URL, SSL_CERT_FILE."
    )


def _address_in_index() -> str | None:
    """Return the wheel's address in the index that the user's pip or uv is set to, None when there is none."""
    index = next((os.environ[name] for name in INDEX_VARIABLES if os.environ.get(name)), None)
    if index is None:
        return None
    page_address = index.rstrip("/") + "/uv/"
    page = _download(page_address).decode("utf-8", errors="replace")
    for link in re.findall(r"""href=["']([^"']+)""", page):
        address = urllib.parse.urljoin(page_address, html.unescape(link))
        if urllib.parse.unquote(urllib.parse.urlsplit(address).path).endswith("/" + UV_WHEEL):
            return address
    raise ValueError(f"the index {urllib.parse.urlsplit(index).hostname} does not have {UV_WHEEL}")


def _download(address: str) -> bytes:
    """Return what an http(s) address answers; a name and password in it become an Authorization header."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"cannot read {parts.scheme} addresses")
    trust = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=trust)]
    if parts.username:
        netloc = parts.netloc.rpartition("@")[2]
        address = urllib.parse.urlunsplit(parts._replace(netloc=netloc))
        keys = urllib.request.HTTPPasswordMgrWithPriorAuth()
        name, password = urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password or "")
        keys.add_password(None, address, name, password, is_authenticated=True)
        handlers.append(urllib.request.HTTPBasicAuthHandler(keys))
    with urllib.request.build_opener(*handlers).open(address, timeout=60) as answer:
        return bytes(answer.read())


def _unpack(wheel: bytes, target: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        program = archive.read(f"uv-{UV_VERSION}.data/scripts/uv")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_bytes(program)
    fresh.chmod(0o755)
    fresh.replace(target)
    return target
