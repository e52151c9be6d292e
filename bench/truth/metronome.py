"""The control measurement: wakes every few milliseconds and notes how late; a thread of it speaks with the parent."""

import json
import sys
import threading
import time

BEAT_S = 0.005


def main() -> None:
    """Beat until the input ends; each line in is answered with the beats since: when each was due, how late it was."""
    late: list[tuple[float, float]] = []
    threading.Thread(target=_beat, args=(late,), daemon=True).start()
    for _ in sys.stdin:
        count = len(late)
        sys.stdout.write(json.dumps(late[:count]) + "\n")
        sys.stdout.flush()
        del late[:count]


def _beat(late: list[tuple[float, float]]) -> None:
    while True:
        due_s = time.monotonic() + BEAT_S
        time.sleep(BEAT_S)
        late.append((due_s, time.monotonic() - due_s))


if __name__ == "__main__":
    main()
