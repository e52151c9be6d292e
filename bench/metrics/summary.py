"""From a whole ledger to its Summary."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from bench.errors import LedgerError
from bench.ledger import Fate, Ledger
from bench.metrics.books import Account, bytes_per_frame, close_books, frame_rates, results
from bench.metrics.calls import call_s, result_gaps
from bench.metrics.changes import input_changes
from bench.metrics.distribution import Distribution
from bench.metrics.endpoint import Change, Concurrency, Endpoint, Goodput, Settings
from bench.metrics.figures import App, Failure, Run, Summary
from bench.metrics.generator import Evidence, generator
from bench.metrics.integrity import integrity
from bench.metrics.latency import latencies
from bench.metrics.profile import profile
from bench.metrics.rotation import concurrency, demand, eta_errors, queue_waits, rotation
from bench.metrics.rows import EndpointRows
from bench.metrics.screen import Screen, first_frames, freezes, staleness
from bench.metrics.shared import Demand, group_uses, predicted_waits
from bench.metrics.sound import sound
from bench.metrics.usage import usage
from bench.metrics.vanished import Vanished, vanished
from bench.metrics.window import Window

_APP = ("url", "gradio_version", "gradio_client_version", "ssr", "max_threads")
_RUN = ("started_at", "duration_s", "warmup_s", "viewers", "seed", "command", "target", "resolution")
_SETTINGS = ("stream_every_s", "time_limit_s", "concurrency_limit", "effective_limit")


def summarise(ledger: Ledger) -> Summary:
    """Work out every figure of a run.

    Raises LedgerError when the rows tell of an endpoint that the ledger's head does not describe.
    """
    described = ledger.meta.get("endpoints", [])
    for table in (ledger.frames, ledger.streams, ledger.viewers):
        if table.size and int(table["endpoint"].max()) >= len(described):
            raise LedgerError(
                "The ledger's head does not describe every endpoint its rows tell of.",
                "Keep the files of one run together: the `ledger` folder must hold all of them and no others.",
            )
    window = Window.measured(ledger)
    endpoints, evidence, demands = [], [], []
    for number in range(len(described)):
        rows = EndpointRows.select(ledger, number, window)
        account = close_books(rows)
        gone = vanished(ledger, number, window)
        one = _endpoint(rows, account, input_changes(ledger, rows.meta["api_name"], window), gone)
        endpoints.append(replace(one, profile=profile(ledger, rows, one.parts_s)))
        evidence.append(Evidence.gather(rows, account))
        demands.append(demand(rows, endpoints[-1].call_s or 0.0))
    waits_s = predicted_waits(demands, ledger.meta.get("app", {}).get("max_threads"))
    used = usage(ledger, window)
    return Summary(
        app=App(**_known(ledger.meta.get("app", {}), _APP), usage=used),
        generator=generator(ledger, window, evidence, used),
        run=_run(ledger, window),
        endpoints=[
            replace(one, rotation=replace(one.rotation, predicted_wait_s=wait_s), concurrency=concurrency)
            for one, wait_s, concurrency in zip(endpoints, waits_s, _in_groups(endpoints, demands), strict=True)
        ],
        errors=_failures(ledger),
    )


def _in_groups(endpoints: list[Endpoint], demands: list[Demand]) -> list[Concurrency]:
    """Add to each endpoint's use of its slots that of all who share them."""
    uses = group_uses(demands, [one.concurrency.mean_active for one in endpoints])
    return [replace(one.concurrency, group_use=use) for one, use in zip(endpoints, uses, strict=True)]


def _known(described: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: described.get(name) for name in names}


def _run(ledger: Ledger, window: Window) -> Run:
    described = ledger.meta.get("run", {})
    return Run(**_known(described, _RUN), host=described.get("host") or {}, measured_s=window.length_s)


def _endpoint(rows: EndpointRows, account: Account, changes: list[Change], gone: list[Vanished]) -> Endpoint:
    latency, screen = latencies(rows), Screen.watch(rows)
    age = staleness(rows, screen)
    firsts, wrong = first_frames(rows, screen), integrity(rows)
    return Endpoint(
        api_name=rows.meta["api_name"],
        kind=rows.meta["kind"],
        attribution="bounded" if rows.bounded else "exact",
        result=rows.meta.get("result"),
        settings=Settings(**_known(rows.settings, _SETTINGS)),
        viewers=rows.recordings.present,
        viewers_without_result=rows.recordings.viewer.size - int(np.unique(screen.lane).size),
        frames=account.frames,
        books=account.books,
        shown=_shown(rows) if rows.pictures else None,
        results=results(rows),
        bytes_per_frame=bytes_per_frame(rows),
        fps=frame_rates(rows, account.frames),
        latency_s=latency.corrected,
        latency_lower_s=latency.lower,
        latency_raw_s=latency.raw,
        parts_s=latency.parts,
        call_s=call_s(result_gaps(rows.frames, rows.every, rows.window), latency.parts),
        profile=None,
        staleness_s=age.always,
        staleness_open_s=age.while_open,
        freezes=freezes(rows, screen),
        sound=sound(rows, wrong) if rows.microphone else None,
        first_frame_s=Distribution.of(firsts),
        queue_wait_s=Distribution.of(queue_waits(rows)),
        eta_error_s=Distribution.of(eta_errors(rows)),
        rotation=rotation(rows),
        concurrency=concurrency(rows),
        goodput=Goodput(),
        integrity=wrong,
        vanished=gone or None,
        changes=changes,
    )


def _shown(rows: EndpointRows) -> int:
    return int((rows.frames["fate"][rows.seen(rows.index)] == Fate.DELIVERED).sum())


def _failures(ledger: Ledger) -> list[Failure]:
    names = {number: endpoint["api_name"] for number, endpoint in enumerate(ledger.meta.get("endpoints", []))}
    counted = Counter(
        (str(note.get("where")), str(note.get("what")), _name(names, note.get("endpoint")))
        for note in ledger.notes
        if note["note"] == "error"
    )
    return [
        Failure(where=where, what=what, count=count, endpoint=endpoint)
        for (where, what, endpoint), count in counted.most_common()
    ]


def _name(names: dict[int, str], endpoint: Any) -> str | None:
    """Call the error's endpoint by name: notes hold its number or its name."""
    return names.get(endpoint, None if endpoint is None else str(endpoint))
