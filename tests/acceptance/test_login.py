"""An app that wants a login, and a header on every request."""

import json
import os
from pathlib import Path

import psutil
import pytest

from bench.errors import TargetError
from bench.run import RunSettings, run
from bench.wire.access import Access
from bench.wire.app import discover
from tests.acceptance.conftest import command
from tests.apps.running import running

SECRETS = {"DOOR_LOGIN": "ada:lovelace", "DOOR_KEY": "sesame"}
OPTIONS = ("--auth-env", "DOOR_LOGIN", "--header", "X-Door-Key=DOOR_KEY")


def test_login_and_header_ride_on_every_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Join, events, uploads, frames, files and the heartbeat all get in: everything is delivered, nothing refused.

    And the secrets are in no file of the run, and on no command line while it goes on.
    """
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    command_lines: list[str] = []
    settings = RunSettings(
        target=running("guarded").url,
        url=True,
        viewers=2,
        duration_s=4,
        warmup_s=0,
        auth_env="DOOR_LOGIN",
        headers=("X-Door-Key=DOOR_KEY",),
        out=tmp_path,
    )
    summary = run(settings, lambda _line: command_lines.extend(_own_command_lines()))
    assert [one.kind for one in summary.endpoints] == ["camera", "microphone"]
    for one in summary.endpoints:
        assert one.frames.delivered > 0
        assert one.frames.delivered + one.frames.in_flight == one.frames.captured
    assert not summary.errors
    assert any("-m locust" in line for line in command_lines)
    written = [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    for secret in ("lovelace", "sesame"):
        assert not [text for text in (*written, *command_lines) if secret in text]


def _own_command_lines() -> list[str]:
    return [" ".join(child.cmdline()) for child in psutil.Process(os.getpid()).children(recursive=True)]


@pytest.mark.parametrize(
    ("access", "says"),
    [
        (Access(auth=("ada", "lovelace")), "--header"),
        (Access(headers={"X-Door-Key": "sesame"}), "wants a login"),
        (Access(auth=("ada", "wrong"), headers={"X-Door-Key": "sesame"}), "refuses this user"),
        (Access(), "--header"),
    ],
)
def test_who_lacks_one_is_told_which(access: Access, says: str) -> None:
    """Without the login, or without the header, the app cannot be reached, and the option that helps is named."""
    with pytest.raises(TargetError) as caught:
        discover(running("guarded").url, auth=access.auth, headers=access.headers)
    assert says in str(caught.value)


def test_discover_logs_in(tmp_path: Path) -> None:
    """`discover` takes the same options, and its JSON holds no secret."""
    done = command("gradio-bench", "discover", running("guarded").url, *OPTIONS, "--json", cwd=tmp_path, **SECRETS)
    assert done.returncode == 0, done.stderr
    assert [one["api_name"] for one in json.loads(done.stdout)["endpoints"]] == ["seen", "heard"]
    assert not [secret for secret in ("lovelace", "sesame", "token") if secret in done.stdout]
