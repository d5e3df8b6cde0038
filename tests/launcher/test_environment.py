"""Fetching uv: pinned by its sum, from the index that pip is set to."""

import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.launch import environment
from deploy.launch.report import LaunchError

PROGRAM = b"#!/bin/sh\necho 'uv 0.13.9'\n"


def wheel() -> bytes:
    """A wheel that holds a program of one line."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        # With a day of its own it is the same file each time.
        archive.writestr(zipfile.ZipInfo(f"uv-{environment.UV_VERSION}.data/scripts/uv"), PROGRAM)
    return content.getvalue()


@pytest.fixture
def index() -> Iterator[tuple[str, list[str]]]:
    """A package index on loopback: its address with a name and password, and what it was asked."""
    asked: list[str] = []
    pages = {
        "/simple/uv/": f'<a href="../../files/{environment.UV_WHEEL}#sha256=0">uv</a>'.encode(),
        f"/files/{environment.UV_WHEEL}": wheel(),
    }

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} {self.headers.get('Authorization', '-')}")
            self.send_response(200 if self.path in pages else 404)
            self.end_headers()
            self.wfile.write(pages.get(self.path, b""))

        def log_message(self, format: str, *values: object) -> None:  # noqa: A002
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True).start()
    yield f"http://reader:word@127.0.0.1:{server.server_port}/simple", asked
    server.shutdown()
    server.server_close()


def test_uv_comes_from_the_index_that_pip_is_set_to(
    index: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = index
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setattr(environment, "UV_SHA256", hashlib.sha256(wheel()).hexdigest())
    uv = environment.fetch_uv(tmp_path / "tools" / "uv")
    assert uv.read_bytes() == PROGRAM
    assert environment._works(uv)
    assert asked == ["/simple/uv/ Basic cmVhZGVyOndvcmQ=", f"/files/{environment.UV_WHEEL} Basic cmVhZGVyOndvcmQ="]


def test_another_sum_is_refused(index: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address, _asked = index
    monkeypatch.setenv("PIP_INDEX_URL", address)
    monkeypatch.setattr(environment, "UV_URL", f"{address.partition('/simple')[0]}/files/{environment.UV_WHEEL}")
    with pytest.raises(LaunchError, match="not the pinned file") as refused:
        environment.fetch_uv(tmp_path / "uv")
    assert "Install uv yourself" in str(refused.value)
    assert not (tmp_path / "uv").exists()


def test_a_broken_uv_on_the_path_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "uv"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    private = tmp_path / "home" / "tools" / f"uv-{environment.UV_VERSION}"
    private.parent.mkdir(parents=True)
    private.write_bytes(PROGRAM)
    private.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:/usr/bin:/bin")
    monkeypatch.setenv("MENTORING_HOME", str(tmp_path / "home"))
    assert environment.find_uv() == private
