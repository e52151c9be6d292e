"""The reference app on a real socket."""

import base64
import io
import json
import socket
import uuid
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from target_app.settings import PAGES
from tests.target_app.keytones import spoken
from tests.target_app.serving import calls, heard, serving, start

OPTIONS = ("--unified-time-limit", "none", "--filters-stream-every", "0.25", "--filters-time-limit", "2.5")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the app with some settings changed."""
    with serving(*OPTIONS) as address:
        yield address


def endpoint(url: str, name: str) -> dict[str, Any]:
    """Find the one endpoint of that name in the app's config."""
    config = httpx.get(f"{url}/config").raise_for_status().json()
    (found,) = (each for each in config["dependencies"] if each["api_name"] == name)
    return dict(found)


def image() -> dict[str, Any]:
    """Make a picture as a browser sends it."""
    jpeg = cv2.imencode(".jpg", np.zeros((48, 64, 3), np.uint8))[1].tobytes()
    return {"url": "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()}


def sound(url: str, digits: str, rate_hz: int = 48000) -> dict[str, Any]:
    """Upload a chunk of sound as a browser does."""
    file = io.BytesIO()
    with wave.open(file, "wb") as chunk:
        chunk.setnchannels(1)
        chunk.setsampwidth(2)
        chunk.setframerate(rate_hz)
        chunk.writeframes((spoken(digits, rate_hz) * 32767).astype("<i2").tobytes())
    answer = httpx.post(f"{url}/gradio_api/upload", files={"files": ("audio.wav", file.getvalue(), "audio/wav")})
    (path,) = answer.raise_for_status().json()
    return {"path": path, "orig_name": "audio.wav", "is_stream": True, "meta": {"_type": "gradio.FileData"}}


def stream_one_frame(url: str, name: str, frame: dict[str, Any], *others: object) -> dict[str, Any]:
    """Join as a browser does, with one frame, close when its result is here, and return that message after the end."""
    found, session = endpoint(url, name), uuid.uuid4().hex
    body = {
        "data": [frame, *others],
        "event_data": {"value": frame, "is_value_data": True},
        "fn_index": found["id"],
        "trigger_id": found["targets"][0][0],
        "session_hash": session,
    }
    result: dict[str, Any] = {}
    with httpx.Client(base_url=f"{url}/gradio_api", timeout=30) as client:
        event_id = client.post("/queue/join", json=body).raise_for_status().json()["event_id"]
        with client.stream("GET", f"/queue/data?session_hash={session}") as answer:
            for line in answer.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line else {}
                if message.get("msg") == "process_streaming":
                    client.post(f"/stream/{event_id}/close", json={})
                    result = message
                elif message.get("msg") == "process_completed":
                    break
    assert result, "the stream ended without a result"
    return result


def test_config_shows_every_page_with_its_settings(url: str) -> None:
    """All pages' endpoints are in /config, each a stream with the stream_every and time_limit it was given."""
    shown = {name: endpoint(url, name) for name in PAGES}
    assert all(each["connection"] == "stream" for each in shown.values())
    assert {name: (each["stream_every"], each["time_limit"]) for name, each in shown.items()} == {
        "simple": (0.1, 15),
        "filters": (0.25, 2.5),
        "unified": (0.1, None),
        "objects": (0.1, 30),
        "audio": (1, 10),
    }


def test_no_page_shows_progress(url: str) -> None:
    """Gradio's clock over the results would flicker at every frame."""
    assert {endpoint(url, name)["show_progress"] for name in PAGES} == {"hidden"}


def test_only_the_unified_page_returns_its_picture_to_the_camera(url: str) -> None:
    """The unified page's output is its streaming input; the others' is a picture of its own."""
    places = {name: endpoint(url, name) for name in PAGES}
    assert [name for name, each in places.items() if each["targets"][0][0] in each["outputs"]] == ["unified"]


@pytest.mark.parametrize("name", ["simple", "filters", "unified", "objects"])
def test_every_camera_page_streams_and_counts_its_calls(url: str, name: str) -> None:
    """A frame sent gives a picture that can be fetched, and adds to the count of its own page only."""
    before = calls(url)
    result = stream_one_frame(url, name, image(), *(["edges"] if len(endpoint(url, name)["inputs"]) > 1 else []))
    assert result["success"]
    picture = httpx.get(result["output"]["data"][0]["url"]).raise_for_status()
    assert picture.headers["content-type"] == "image/webp"
    added = {each: count - before[each] for each, count in calls(url).items() if count != before[each]}
    assert list(added) == [name]


def test_the_audio_page_appends_what_it_hears_and_counts_its_seconds(url: str) -> None:
    """Digits are appended to the transcript that was sent along; the sound's length is added to the page's own."""
    calls_before, heard_before, chunk = calls(url), heard(url), sound(url, "0815")
    result = stream_one_frame(url, "audio", chunk, None, "*")
    assert result["success"]
    assert result["output"]["data"][1] == "*0815"
    made = {name: count - calls_before[name] for name, count in calls(url).items()}
    seconds = {name: total_s - heard_before[name] for name, total_s in heard(url).items()}
    assert made["audio"] >= 1  # closing an idle stream can run the handler on the same chunk again
    assert [name for name in PAGES if made[name] or seconds[name]] == ["audio"]
    assert seconds["audio"] == pytest.approx(0.45 * made["audio"])


@pytest.mark.parametrize("name", ["calls", "heard"])
def test_the_counts_are_no_streams(url: str, name: str) -> None:
    """Discovery must not take them for something to drive, nor may asking wait in the queue being measured."""
    asked = endpoint(url, name)
    assert (asked["connection"], asked["queue"]) == ("sse", False)


@pytest.mark.parametrize("page", ["", *PAGES])
def test_pages_refer_to_no_other_host(url: str, page: str) -> None:
    """Each page is served, with neither analytics nor fonts from elsewhere."""
    html = httpx.get(f"{url}/{page}").raise_for_status().text
    assert '"analytics_enabled":false' in html
    assert "fonts.googleapis.com" not in html


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    """A taken port ends the command with exit code 2 and a remedy, not with a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start("--port", str(port), folder=tmp_path) as app:
            _, complaint = app.communicate(timeout=60)
    assert app.returncode == 2
    assert complaint.startswith(f"Cannot listen on 127.0.0.1, port {port}: Address already in use.\n")
    assert "--port (0 takes a free one)" in complaint
    assert "Traceback" not in complaint
