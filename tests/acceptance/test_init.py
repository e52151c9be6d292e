"""`gradio-bench init`, and what it wrote put to use."""

import json
import re
import shutil
from pathlib import Path

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
    arguments = ran[1].replace('"$TARGET"', "app.py").replace("--duration 30s", "--duration 2s --warmup 0").split()
    bench = command("gradio-bench", *arguments, cwd=tmp_path)
    assert bench.returncode == 0, bench.stderr
    assert json.loads(bench.stdout)["schema"] == "gradio-bench/1"
    assert (tmp_path / kept[1] / "results.json").is_file()
    assert list((tmp_path / kept[1] / "ledger").glob("*.ledger"))


def test_init_says_what_it_left(tmp_path: Path) -> None:
    """A second time nothing is written, and each file that was there is named, for machines too."""
    first = json.loads(command("gradio-bench", "init", "new", "--json", cwd=tmp_path).stdout)
    done = command("gradio-bench", "init", "new", cwd=tmp_path)
    assert (done.returncode, first["left"]) == (0, [])
    assert all(re.search(f"left as it is {re.escape(name)}", done.stdout) for name in first["written"])
    assert "cd new" in done.stdout
    assert "no app.py" in done.stdout
