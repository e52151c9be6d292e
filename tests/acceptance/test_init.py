"""`gradio-bench init`, and what it wrote put to use."""

import json
import re
import shutil
from pathlib import Path

from bench.slo import EXIT_CODES
from tests.acceptance.conftest import ROOT, command

APP = ROOT / "tests" / "apps" / "live_interface.py"


def test_a_repository_gets_started(tmp_path: Path) -> None:
    """Its own scenarios drive its own app, and the workflow's own command writes what the workflow keeps."""
    shutil.copy(APP, tmp_path / "app.py")
    done = command("gradio-bench", "init", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.partition("Next:")[2].strip().splitlines():
        assert line.split()[0] in {"gradio-bench", "locust"}
    locust = re.search(r"locust (.*)", done.stdout)
    assert locust is not None
    driven = command("locust", *locust[1].split(), "--headless", "-u", "1", "-t", "2s", "--out", "own", cwd=tmp_path)
    assert driven.returncode == 0, driven.stderr
    assert json.loads((tmp_path / "own" / "results.json").read_text())["endpoints"][0]["api_name"] == "flip"

    workflow = (tmp_path / ".github" / "workflows" / "gradio-bench.yml").read_text()
    ran = re.search(r"run: gradio-bench (.*)", workflow)
    kept = re.search(r"path: (\S+)", workflow)
    assert ran is not None
    assert kept is not None
    arguments = ran[1].replace('"$TARGET"', "app.py").replace("--duration 30s", "--duration 10s --warmup 0").split()
    bench = command("gradio-bench", *arguments, cwd=tmp_path)
    results = json.loads((tmp_path / kept[1] / "results.json").read_text())
    checks = {check["figure"]: check["status"] for check in results["verdict"]["checks"]}
    assert checks["errors"] == checks["cross_talk"] == checks["first_frame_max"] == "pass"
    assert bench.returncode == EXIT_CODES[results["verdict"]["status"]] != 1, bench.stderr
    assert (tmp_path / kept[1] / "junit.xml").is_file()
    assert list((tmp_path / kept[1] / "ledger").glob("*.ledger"))


def test_init_says_what_it_left(tmp_path: Path) -> None:
    """A second time nothing is written, and each file that was there is named, for machines too."""
    first = json.loads(command("gradio-bench", "init", "new", "--json", cwd=tmp_path).stdout)
    done = command("gradio-bench", "init", "new", cwd=tmp_path)
    assert (done.returncode, first["left"]) == (0, [])
    assert all(re.search(f"left as it is {re.escape(name)}", done.stdout) for name in first["written"])
    assert "cd new" in done.stdout
    assert "no app.py" in done.stdout
