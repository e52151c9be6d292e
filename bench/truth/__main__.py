"""The server of known truth as a process of its own: orders in on standard input, facts out on standard output.

The first line in is `{"scripts": […], "size": [width, height]}`, the answer `{"url"}`; each `report` after it is
answered with the records so far, marks read. The end of the input ends the process: it cannot outlive its parent.
"""

import asyncio
import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from bench.truth.records import Records
from bench.truth.script import Script
from bench.truth.server import Server

READERS = 2
"""Threads that read marks once a run is over: OpenCV decodes without the GIL."""

_MOST_ORDERS = 2**20


async def _main() -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=_MOST_ORDERS)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    orders = orjson.loads(await lines.readline())
    server = Server(tuple(map(Script.from_json, orders["scripts"])))
    _say({"url": f"http://127.0.0.1:{await server.start()}"})
    gc.collect()
    gc.freeze()
    gc.disable()  # a collection would be a pause of the server's own; what a run leaves is freed with its report
    while await lines.readline():
        records = server.report()
        await loop.run_in_executor(None, read_marks, records, *orders["size"])
        _say(records.as_json())
        del records
        gc.collect()
        server.resume()


def read_marks(records: Records, width: int, height: int) -> None:
    """Read whose frame each POST carried, from the picture that arrived."""
    from bench.media.mark import MarkLayout  # noqa: PLC0415 - OpenCV is loaded once the run is over
    from bench.media.reading import read_mark  # noqa: PLC0415

    layout = MarkLayout.for_size(width, height)
    with ThreadPoolExecutor(READERS) as pool:
        marks = pool.map(lambda post: read_mark(post.media, layout), records.posts)
        for post, mark in zip(records.posts, marks, strict=True):
            if mark is not None:
                post.viewer, post.frame = mark.viewer, mark.frame


def _say(content: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(content) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(_main())
