"""The command line and the environment of the reference app."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from bench.errors import UsageError
from target_app.command_line import parse
from target_app.options import APP_OPTIONS, PAGE_OPTIONS, SOUND_OPTIONS
from target_app.settings import PAGES, PageSettings, Settings


def test_nothing_given_means_the_guides_settings() -> None:
    """Without options the pages run with the streaming guide's time_limit, stream_every and concurrency_limit."""
    assert parse([], {}) == Settings(
        pages={
            "simple": PageSettings(15, 0.1, 30),
            "filters": PageSettings(30, 0.1, 30),
            "unified": PageSettings(30, 0.1, "default"),
            "objects": PageSettings(30, 0.1, 30),
            "audio": PageSettings(10, 1, "default", recogniser="dtmf"),
        }
    )


@pytest.mark.parametrize(
    ("option", "text", "field", "value"),
    [
        ("stream-every", "0.5", "stream_every_s", 0.5),
        ("time-limit", "10", "time_limit_s", 10.0),
        ("time-limit", "none", "time_limit_s", None),
        ("concurrency-limit", "2", "concurrency_limit", 2),
        ("concurrency-limit", "None", "concurrency_limit", None),
        ("concurrency-limit", "default", "concurrency_limit", "default"),
        ("sleep", "0.5", "sleep_s", 0.5),
        ("cpu", "0.05", "cpu_s", 0.05),
    ],
)
def test_a_page_option_reaches_every_page_or_the_one_it_names(option: str, text: str, field: str, value: Any) -> None:
    """--OPTION sets every page, --filters-OPTION the filters page only, and each has its variable."""
    variable = option.upper().replace("-", "_")
    everywhere = {name: replace(page, **{field: value}) for name, page in PAGES.items()}
    filters = {**PAGES, "filters": everywhere["filters"]}
    assert parse([f"--{option}", text], {}).pages == everywhere
    assert parse([], {f"GRADIO_BENCH_{variable}": text}).pages == everywhere
    assert parse([f"--filters-{option}", text], {}).pages == filters
    assert parse([], {f"GRADIO_BENCH_FILTERS_{variable}": text}).pages == filters


def test_the_recogniser_is_the_audio_pages_own() -> None:
    """--recogniser and its variable choose who listens; the pages that do not listen keep having none."""
    for given in (parse(["--recogniser", "pocketsphinx"], {}), parse([], {"GRADIO_BENCH_RECOGNISER": "PocketSphinx"})):
        assert {name: page.recogniser for name, page in given.pages.items()} == {
            **dict.fromkeys(PAGES),
            "audio": "pocketsphinx",
        }


def test_the_apps_own_options() -> None:
    """Threads, queue, host and port are set for the app as a whole."""
    given = parse(["--max-threads", "4", "--queue-size", "10", "--host", "127.0.0.2", "--port", "0"], {})
    assert given == Settings(max_threads=4, queue_size=10, host="127.0.0.2", port=0)
    assert parse([], {"GRADIO_BENCH_QUEUE_SIZE": "none", "GRADIO_BENCH_PORT": ""}) == Settings()


def test_command_line_beats_environment_and_one_page_beats_every_page() -> None:
    """The order of precedence: option for the page, option for all, variable for the page, variable for all."""
    environ = {"GRADIO_BENCH_SLEEP": "1", "GRADIO_BENCH_FILTERS_SLEEP": "2"}
    assert {name: page.sleep_s for name, page in parse([], environ).pages.items()} == {
        **dict.fromkeys(PAGES, 1),
        "filters": 2,
    }
    typed = parse(["--unified-sleep", "4", "--sleep", "3"], environ)
    assert {name: page.sleep_s for name, page in typed.pages.items()} == {**dict.fromkeys(PAGES, 3), "unified": 4}


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("stream-every", "0"),
        ("stream-every", "none"),
        ("time-limit", "-1"),
        ("time-limit", "soon"),
        ("filters-time-limit", "nan"),
        ("concurrency-limit", "2.5"),
        ("concurrency-limit", "0"),
        ("unified-sleep", "-0.1"),
        ("cpu", "inf"),
        ("recogniser", "whisper"),
        ("max-threads", "0"),
        ("queue-size", "default"),
        ("port", "70000"),
        ("host", " "),
    ],
)
def test_a_bad_value_is_named_with_its_remedy(option: str, text: str) -> None:
    """A value that does not fit raises UsageError, naming where it came from and what would fit."""
    variable = "GRADIO_BENCH_" + option.upper().replace("-", "_")
    with pytest.raises(UsageError) as typed:
        parse([f"--{option}={text}"], {})
    with pytest.raises(UsageError) as exported:
        parse([], {variable: text})
    for error, source in ((typed.value, f"--{option}"), (exported.value, variable)):
        assert error.problem == f"{source} cannot be {text!r}."
        assert error.remedy.startswith(f"Give {source} ")
        assert error.exit_code == 2


@pytest.mark.parametrize("argv", [["--slep", "1"], ["--time", "4"], ["video.mp4"], ["--port"]])
def test_an_unknown_option_points_to_help(argv: list[str]) -> None:
    """Unknown, abbreviated and incomplete options raise UsageError instead of being guessed."""
    with pytest.raises(UsageError, match="--help lists the options"):
        parse(argv, {})


def test_help_names_every_option_and_page(capsys: pytest.CaptureFixture[str]) -> None:
    """--help lists each option once, the pages with their defaults, and exits with 0."""
    with pytest.raises(SystemExit) as leaving:
        parse(["--help"], {})
    shown = capsys.readouterr().out
    assert leaving.value.code == 0
    options = (*PAGE_OPTIONS, *SOUND_OPTIONS, *APP_OPTIONS)
    assert all(shown.count(f"  --{option.name} {option.metavar}") == 1 for option in options)
    assert all(f"\n  {page}" in shown for page in PAGES)


def test_the_command_reports_bad_usage_without_a_traceback() -> None:
    """`python -m target_app` with a bad value says what is wrong and how to mend it, and exits with 2."""
    ended = subprocess.run(
        [sys.executable, "-m", "target_app", "--sleep", "long"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == "--sleep cannot be 'long'.\nGive --sleep seconds, like 0.5, or 0.\n"
