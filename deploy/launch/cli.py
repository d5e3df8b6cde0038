"""The verbs of `run.py`."""

import argparse
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from deploy.launch import contract, detached, instance
from deploy.launch.address import ensure_address
from deploy.launch.check import run_benchmarks, run_check
from deploy.launch.database import prepare_database
from deploy.launch.environment import prepare_environment
from deploy.launch.places import CHECKOUT, instance_home
from deploy.launch.report import LaunchError, say, tell
from deploy.launch.servers import Outside, ServerSet
from deploy.launch.supervisor import Supervisor

# The commands that fill an instance; each changes nothing the second time.
FURNISHING: dict[str, list[str]] = {"up": [], "demo": ["build_demo"]}
USAGE = """\
python3 run.py demo [--detach]     the demo region: servers, web, workers, data; says where to sign in
python3 run.py up [--detach]       the same without data; Ctrl-C stops what it started
python3 run.py stop                stops an instance that runs in the background
python3 run.py test [ARGS]         the check, long parts in turns; ARGS go to pytest (-m nightly, -m mutants, a path)
python3 run.py bench [NAME] [ARGS] benchmarks
python3 run.py manage CMD ...      a management command on the instance

An instance lives in MENTORING_HOME, else in .local of this folder. DATABASE_URL, DATABASE_ADMIN_URL and
REDIS_URL replace the embedded servers. MENTORING_PORT asks for a port."""


def launch(arguments: Sequence[str]) -> int:
    """Run one verb and return the exit code; what stands in the way is said on stderr."""
    verbs: dict[str, Callable[[Sequence[str]], int]] = {
        "demo": lambda rest: _up("demo", rest),
        "up": lambda rest: _up("up", rest),
        "stop": _stop,
        "test": run_check,
        "bench": run_benchmarks,
        "manage": _manage,
    }
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        tell(USAGE)
        return 0 if arguments else 2
    verb = verbs.get(arguments[0])
    if verb is None:
        sys.stderr.write(f"There is no verb '{arguments[0]}'.\n\n{USAGE}\n")
        return 2
    try:
        return verb(arguments[1:])
    except LaunchError as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130


def _up(verb: str, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"run.py {verb}")
    parser.add_argument("--detach", action="store_true", help="return when everything is ready; `stop` ends it")
    options = parser.parse_args(arguments)
    home = instance_home()
    outside = Outside.of_instance()
    outside.check()
    prepare_environment(embedded=not outside.is_complete)
    if options.detach and not detached.is_running(home):
        detached.start_detached(home, verb)
        _introduce(home)
        return 0
    servers = ServerSet(home, outside)
    supervisor = Supervisor(servers)
    if not supervisor.claim():
        return _join(servers, verb)

    supervisor.run(FURNISHING[verb], lambda: _introduce(home))
    return 0


def _join(servers: ServerSet, verb: str) -> int:
    """Report an instance that another launcher runs already; `demo` adds its data if they are not there."""
    home = servers.home
    say(f"the instance in {home} runs already")
    detached.wait_until_ready(home)
    with servers.in_use():
        for command in FURNISHING[verb]:
            code = run_command(servers, [command], stdout=sys.stderr.fileno())
            if code:
                raise LaunchError(f"The command {command} failed (exit code {code}). Its own words are above.")
    _introduce(home)
    return 0


def _introduce(home: Path) -> None:
    """Print where to sign in as whom, then READY."""
    content = instance.load(home)
    tell(f"Region: http://{content['region_host']}/")
    for code, host in sorted(content["schools"].items()):
        tell(f"School {code}: http://{host}/")
    if content["accounts"]:
        tell("\nSign in as:")
    for account in content["accounts"]:
        second = f"  second factor (TOTP): {account['totp_secret']}" if account.get("totp_secret") else ""
        where = f"http://{account['host']}/"
        tell(f"  {account['role']:<20} {where:<40} {account['login']}  {account['password']}{second}")
    tell(f"\nAll of this is also in {home / instance.FILE}.")
    tell("READY")


def _stop(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="run.py stop").parse_args(arguments)
    home = instance_home()
    say(f"the instance in {home} is stopped" if detached.stop(home) else f"nothing runs in {home}")
    return 0


def _manage(arguments: Sequence[str]) -> int:
    home = instance_home()
    outside = Outside.of_instance()
    outside.check()
    prepare_environment(embedded=not outside.is_complete)
    servers = ServerSet(home, outside)
    with servers.in_use():
        prepare_database(servers, ensure_address(home), always=False)
        return run_command(servers, arguments)


def run_command(servers: ServerSet, arguments: Sequence[str], stdout: int | None = None) -> int:
    """Run a management command on running servers and return its exit code (128 + n after signal n).

    Ctrl-C is the command's business while it runs: the terminal sends it to both of us.
    """
    port = ensure_address(servers.home)
    name = arguments[0] if arguments else "help"
    environment = contract.command_environment(servers.home, servers.secrets, servers.addresses, port, name)
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            contract.manage(*arguments),
            env=environment,
            cwd=CHECKOUT,
            stdout=stdout,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        code = child.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
    return code if code >= 0 else 128 - code
