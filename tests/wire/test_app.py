"""Discovery, on real Gradio apps the harness never saw."""

import subprocess
import sys
import threading

import pytest

from bench.errors import TargetError
from bench.wire.app import App, Endpoint, discover
from bench.wire.endpoint import read_endpoints
from tests.apps.running import running


def found(name: str) -> App:
    """Discover a running app."""
    return discover(running(name).url)


def endpoint(name: str, api_name: str) -> Endpoint:
    """Return one endpoint of a running app."""
    return {one.api_name: one for one in found(name).endpoints}[api_name]


def test_it_finds_every_stream_of_an_odd_layout() -> None:
    """Streams in tabs, accordions and on other pages are found, whatever the Blocks is called."""
    app = found("odd_layout")
    assert [one.api_name for one in app.endpoints] == ["mirror", "fn_1", "mirror_1"]
    assert {one.kind for one in app.endpoints} == {"camera"}
    assert app.root == running("odd_layout").url
    assert (app.api_prefix, app.protocol, app.ssr) == ("/gradio_api", "sse_v3", False)


def test_it_takes_pace_and_limit_from_the_config() -> None:
    """stream_every and time_limit are the app's own, Gradio's defaults where it set none."""
    mirror, unnamed, _ = found("odd_layout").endpoints
    assert (mirror.stream_every_s, mirror.time_limit_s) == (0.2, 20)
    assert (unnamed.stream_every_s, unnamed.time_limit_s) == (0.5, None)


def test_inputs_carry_what_a_browser_would_send() -> None:
    """Every other input goes with its current value, a state as null, an empty textbox as an empty text."""
    mirror = endpoint("odd_layout", "mirror")
    assert [(one.label, one.role, one.value) for one in mirror.inputs[:4]] == [
        ("Camera", "camera", None),
        ("Strength", "other", 3),
        ("Mode", "other", "soft"),
        ("Note", "other", ""),
    ]
    assert (mirror.inputs[4].role, mirror.inputs[4].value) == ("state", None)


def test_an_input_that_is_also_an_output_says_which() -> None:
    """A textbox fed by the results goes back with the last one: its input knows the index of its output."""
    mirror = endpoint("odd_layout", "mirror")
    assert [one.output_index for one in mirror.inputs] == [None, None, None, 1, 0]


def test_a_picture_among_the_outputs_makes_attribution_exact() -> None:
    """The first picture is where the mark is read, wherever among the outputs it stands."""
    mirror = endpoint("odd_layout", "mirror")
    assert (mirror.result, mirror.marked_output, mirror.attribution) == ("image", 2, "exact")


def test_it_tells_whether_the_output_streams() -> None:
    """What an output component was made with is known, where a picture comes back."""
    assert endpoint("odd_layout", "mirror").result_streams is True
    assert endpoint("shared_slots", "up").result_streams is False
    assert endpoint("results", "classify").result_streams is None


@pytest.mark.parametrize(("api_name", "result"), [("classify", "json"), ("describe", "json"), ("watch", "none")])
def test_a_result_without_a_picture_makes_attribution_bounded(api_name: str, result: str) -> None:
    """A label, a JSON, a text or nothing at all cannot carry a mark back."""
    one = endpoint("results", api_name)
    assert (one.result, one.marked_output, one.attribution) == (result, None, "bounded")


@pytest.mark.parametrize(("api_name", "result"), [("hear", "text"), ("echo", "audio")])
def test_what_a_microphone_gets_back_may_carry_its_words(api_name: str, result: str) -> None:
    """A transcript or a sound is where the words are looked for; whether they are there only a run can tell."""
    one = endpoint("results", api_name)
    assert (one.result, one.marked_output, one.attribution) == (result, 0, "exact")


def test_every_output_that_can_carry_marks_is_known() -> None:
    """Which of several does, only a run can tell: a picture beside another, a sound beside a text."""
    marked = {
        name: (one.marked_output, one.also_marked) for name in ("view", "sound") for one in [endpoint("beside", name)]
    }
    assert marked == {"view": (0, (1,)), "sound": (0, (1,))}


def test_microphones_are_told_from_cameras() -> None:
    """A streaming gr.Audio is a microphone, with its media among the inputs."""
    hear = endpoint("results", "hear")
    assert (hear.kind, hear.media_index, hear.inputs[0].role) == ("microphone", 0, "microphone")


def test_of_two_pictures_the_one_that_streams_is_the_camera() -> None:
    """An endpoint that takes two pictures streams the one whose component started it."""
    one = endpoint("two_cameras", "one_of_two")
    assert one.media_index == 1
    assert [given.role for given in one.inputs] == ["other", "camera"]


def test_an_event_that_two_cameras_start_is_two_endpoints() -> None:
    """gr.on over two cameras can be driven from either; the second bears its component's id in its name."""
    first, second = [one for one in found("two_cameras").endpoints if one.fn_index == 3]
    assert (first.api_name, second.api_name) == ("both", f"both:{second.target_id}")
    assert (first.media_index, second.media_index) == (0, 1)


def test_a_live_interface_on_a_webcam_is_one_stream() -> None:
    """gr.Interface(live=True) also listens to its other inputs; only the camera's event is a stream."""
    (flip,) = found("live_interface").endpoints
    assert (flip.api_name, flip.stream_every_s, flip.time_limit_s) == ("flip", 0.25, 12)
    assert [one.value for one in flip.inputs] == [None, False]


def test_what_cannot_be_driven_is_named_with_its_reason() -> None:
    """Generators, browser-only handlers and the like are left out in words, and do not hide the rest."""
    app = found("not_drivable")
    assert [one.api_name for one in app.endpoints] == ["drivable"]
    reasons = {one.api_name: one.reason for one in app.left_out}
    for api_name, word in {
        "forever": "generator",
        "wrong_camera": "not among its inputs",
        "player": "interactive=False",
        "unqueued": "queue=False",
        "in_the_browser": "no Python function",
        "with_js": "JavaScript",
        "slider": "imageslider",
    }.items():
        assert word in reasons.pop(api_name)
    assert not reasons


def test_a_webrtc_component_is_left_out() -> None:
    """Media that goes over a peer connection never passes the queue; the component is named."""
    config = {"components": [{"id": 4, "type": "webrtc", "props": {}}], "dependencies": []}
    endpoints, (left_out,) = read_endpoints(config)
    assert not endpoints
    assert "WebRTC" in left_out.reason


def test_a_shared_name_gives_way_to_a_stable_one() -> None:
    """Should two events bear one api_name, each goes by its index, so that a name never means two."""
    camera = {"id": 1, "type": "image", "props": {"streaming": True, "sources": ["webcam"]}}
    event = {"targets": [[1, "stream"]], "inputs": [1], "outputs": [], "connection": "stream", "api_name": "/same"}
    endpoints, _ = read_endpoints({"components": [camera], "dependencies": [{**event, "id": n} for n in (3, 7)]})
    assert [one.api_name for one in endpoints] == ["fn_3", "fn_7"]


def test_an_app_that_streams_nothing_says_what_it_has() -> None:
    """The error names the app's endpoints and what was looked for."""
    with pytest.raises(TargetError, match="greet") as caught:
        found("without_streams")
    assert "gr.Image" in caught.value.remedy
    assert caught.value.exit_code == 4


def test_a_login_opens_the_app_and_its_cookie_is_kept() -> None:
    """With user and password the app is discovered, and what proves the login goes on every later request."""
    app = discover(running("with_login").url, auth=("ada", "lovelace"))
    assert [one.api_name for one in app.endpoints] == ["guarded"]
    assert app.cookies


@pytest.mark.parametrize(("auth", "says"), [(None, "wants a login"), (("ada", "wrong"), "refuses")])
def test_a_missing_or_wrong_login_is_told(auth: tuple[str, str] | None, says: str) -> None:
    """The remedy names the option that gives a login."""
    with pytest.raises(TargetError, match=says) as caught:
        discover(running("with_login").url, auth=auth)
    assert "--auth-env" in caught.value.remedy


def test_a_login_nobody_asked_for_is_told() -> None:
    """An app without a login refuses one: the error says to leave it out."""
    with pytest.raises(TargetError, match="takes no login") as caught:
        discover(running("odd_layout").url, auth=("ada", "lovelace"))
    assert "--auth-env" in caught.value.remedy


def test_no_thread_outlives_discovery() -> None:
    """gradio_client's heartbeat, telemetry and pools are not left running beside the viewers."""
    url = running("odd_layout").url
    before = set(threading.enumerate())
    discover(url)
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(timeout=5)
    assert not any(thread.is_alive() for thread in left)


def test_it_works_in_a_process_patched_by_gevent() -> None:
    """Under Locust everything is monkey-patched: discovery finds the same there."""
    code = "import gevent.monkey as m; m.patch_all(); import sys; from bench.wire.app import discover; "
    code += "print([one.api_name for one in discover(sys.argv[1]).endpoints])"
    url = running("odd_layout").url
    done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "['mirror', 'fn_1', 'mirror_1']"), done.stderr
