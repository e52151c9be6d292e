"""What a handler raised is told in the words of its own traceback."""

import pytest

from bench.load.app_error import last_raised

LOG = """Running on http://127.0.0.1:1
Traceback (most recent call last):
  File "/x/lib/python3.11/site-packages/gradio/queueing.py", line 9, in process_events
    response = await call()
  File "/home/ada/app.py", line 12, in negative
    raise ValueError("bad frame")
ValueError: bad frame
"""


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (LOG, "ValueError: bad frame (app.py:12)"),
        (LOG + LOG.replace("bad frame", "worse"), "ValueError: worse (app.py:12)"),
        (LOG.partition("ValueError: bad")[0], ""),
        (LOG.replace("/home/ada", "/x/site-packages/a"), "ValueError: bad frame"),
        ("all is well", ""),
        ("", ""),
    ],
)
def test_the_last_exception_is_told_with_its_line(log: str, told: str) -> None:
    """The innermost line of the author's own code is named; a traceback still being written is not."""
    assert last_raised(log) == told
