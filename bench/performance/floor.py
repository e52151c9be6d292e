"""The floor: raw sockets that carry the bytes of frames both ways, at the same pace, and do nothing else with them.

A frame is a POST and its answer, one server-sent message, and a GET and its answer, on three connections of a viewer,
as the harness and the server of known truth exchange them. `python -m bench.performance.floor` takes a line "VIEWERS
SECONDS SENT MESSAGE FETCHED" (sizes in bytes), replays so many viewers at ten frames a second against a child, and
prints the frames carried and the CPU seconds that its own end took: about the least that any client would.
"""

import os
import resource
import select
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

EVERY_S = 0.1
_ANSWER = b"a" * 140
"""The POST's answer, head included."""
_ASK = b"g" * 260
"""A GET."""
_PIECE = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of a POST, of a message and of a file, heads included."""

    sent: int
    message: int
    fetched: int


def replay(viewers: int, seconds: float, sizes: Sizes) -> tuple[int, float]:
    """Carry the frames of `viewers` for `seconds`; returns how many, and the CPU seconds of this process."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as server:
        child = os.fork()
        if not child:
            _serve(server, 3 * viewers, sizes)
            os._exit(0)
        socks = [socket.create_connection(server.getsockname()) for _ in range(3 * viewers)]
    bodies = [os.urandom(sizes.sent) for _ in range(viewers)]
    used_s = _cpu_s()
    count = _drive(socks, bodies, seconds, sizes)
    used_s = _cpu_s() - used_s
    for sock in socks:
        sock.close()
    os.waitpid(child, 0)
    return count, used_s


def _drive(socks: list[socket.socket], bodies: list[bytes], seconds: float, sizes: Sizes) -> int:
    """Send each viewer's frames when they are due; sockets are three a viewer: POSTs, messages, files."""
    lengths = (len(_ANSWER), sizes.message, sizes.fetched)
    poll, places = select.epoll(), {sock.fileno(): place for place, sock in enumerate(socks)}
    left = [lengths[place % 3] for place in range(len(socks))]
    for sock in socks:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20)
        poll.register(sock, select.EPOLLIN)
    began_s, ticks, done = time.monotonic(), 0, 0
    total = round(seconds / EVERY_S) * len(bodies)
    while done < total:
        due_s = began_s + ticks * EVERY_S / len(bodies)
        if ticks < total and time.monotonic() >= due_s:
            socks[3 * (ticks % len(bodies))].sendmsg([bodies[ticks % len(bodies)]])
            ticks += 1
            continue
        for fd, _ in poll.poll(max(0.0, due_s - time.monotonic()) if ticks < total else 5.0):
            place = places[fd]
            left[place] -= len(socks[place].recv(_PIECE))
            while left[place] <= 0:
                left[place] += lengths[place % 3]
                if place % 3 == 1:
                    socks[place + 1].sendall(_ASK)
                done += place % 3 == 2
    return done


def _serve(server: socket.socket, count: int, sizes: Sizes) -> None:
    """Answer until the last connection is closed."""
    socks = [server.accept()[0] for _ in range(count)]
    wanted = (sizes.sent, -1, len(_ASK))
    said, file = b"m" * sizes.message, b"f" * sizes.fetched
    poll, places = select.epoll(), {sock.fileno(): place for place, sock in enumerate(socks)}
    left = [wanted[place % 3] for place in range(count)]
    for sock in socks:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20)
        poll.register(sock, select.EPOLLIN)
    while places:
        for fd, _ in poll.poll():
            place = places[fd]
            data = socks[place].recv(4 * _PIECE)
            left[place] -= len(data)
            if not data:
                poll.unregister(fd)
                del places[fd]
            while data and left[place] <= 0:
                left[place] += wanted[place % 3]
                if place % 3 == 0:
                    socks[place].sendall(_ANSWER)
                    socks[place + 1].sendall(said)
                else:
                    socks[place].sendall(file)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str]) -> str:
    """Replay what the words ask for, and tell what it took."""
    viewers, seconds, *sizes = arguments
    count, used_s = replay(int(viewers), float(seconds), Sizes(*map(int, sizes)))
    return f"{count} {used_s}\n"


if __name__ == "__main__":
    sys.stdout.write(main(sys.stdin.readline().split()))
