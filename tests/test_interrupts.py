"""Ctrl-C and SIGTERM are passed on to the process that does the work: once to ask, twice to end it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from bench.interrupts import SIGNALS, Interrupts

PATIENT = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: print("asked", flush=True))
print("up", flush=True)
while True: time.sleep(0.05)
"""


@pytest.fixture
def child() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that says when it is asked to end, and does not."""
    with subprocess.Popen([sys.executable, "-c", PATIENT], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        yield process
        process.kill()


def come(number: signal.Signals) -> None:
    """Send this process a signal, and let Python see to it."""
    os.kill(os.getpid(), number)
    time.sleep(0)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_asks_and_the_second_kills(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Either signal is a request the first time, told to the user, and the end of the child the second time."""
    told: list[str] = []
    with Interrupts(lambda: told.append("interrupted")) as interrupts:
        interrupts.watch(child)
        come(number)
        assert child.stdout is not None
        assert child.stdout.readline() == b"asked\n"
        assert child.poll() is None
        come(number)
        assert child.wait(10) == -signal.SIGKILL
    assert (told, interrupts.count) == (["interrupted"], 2)


def test_one_that_comes_before_the_child_reaches_it(child: "subprocess.Popen[bytes]") -> None:
    """Nobody has to press Ctrl-C again because the process was only just starting."""
    with Interrupts(lambda: None) as interrupts:
        come(signal.SIGINT)
        interrupts.watch(child)
        assert child.stdout is not None
        assert child.stdout.readline() == b"asked\n"


def test_without_a_child_the_second_ends_what_goes_on() -> None:
    """While reports are written the first is noted, and the second is Python's own Ctrl-C."""
    before = signal.getsignal(signal.SIGTERM)
    with Interrupts(lambda: None) as interrupts:
        come(signal.SIGINT)
        assert interrupts.count == 1
        with pytest.raises(KeyboardInterrupt):
            come(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) == before
