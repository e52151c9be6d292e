"""Findings about what results cost: files instead of messages, and a disk that grows."""

from rich.filesize import decimal

from bench.findings.case import Case
from bench.findings.finding import Finding, found
from bench.metrics import Summary
from bench.words import duration, share

FETCH_SHARE = 0.25  # of latency: from here on the second request is worth a thought
MEMORY_LEAST = 20_000_000  # bytes gained while it was measured: less comes and goes by itself
DISK_LEAST = 1_000_000  # bytes: less is a log file
HOUR_S = 3600.0


def pictures_as_files(case: Case) -> Finding | None:
    """Pictures sent as files, each fetched by a request of its own, although the output streams, or at a high price.

    `result_streams` in the ledger's head says whether the output component has `streaming=True`; Gradio since 5.27
    writes a file nevertheless.
    """
    fetch, latency = case.endpoint.parts_s.fetch, case.endpoint.latency_s
    if case.endpoint.result != "image" or fetch is None or latency is None:
        return None
    streams = bool(case.described.get("result_streams"))
    if not streams and fetch.mean < FETCH_SHARE * latency.mean:
        return None
    although = ", although the output has streaming=True" if streams else ""
    return found(
        "pictures_as_files",
        "note",
        f"Each picture comes as a file that the browser must fetch{although}: {duration(fetch.p50)} (median), "
        f"{share(fetch.mean, latency.mean)} of the latency.",
        "gr.Image(format='jpeg')  # smaller to encode and to fetch than WebP or PNG",
        fetch_p50_s=fetch.p50,
        fetch_mean_s=fetch.mean,
        latency_mean_s=latency.mean,
        output_streams=case.described.get("result_streams"),
    )


def growing_memory(summary: Summary) -> Finding | None:
    """Memory that each result leaves taken: a leak, or a history without an end."""
    usage = summary.app.usage
    if usage is None or usage.rss_bytes_per_result is None or not summary.run.measured_s:
        return None
    results = sum(one.results for one in summary.endpoints)
    if usage.rss_bytes_per_result * results / 2 < MEMORY_LEAST:
        return None
    hourly = usage.rss_bytes_per_result * results / summary.run.measured_s * HOUR_S
    return found(
        "growing_memory",
        "warning",
        f"Each result leaves {decimal(round(usage.rss_bytes_per_result))} of the app's memory taken: "
        f"{decimal(round(hourly))} an hour with as many viewers.",
        "import tracemalloc; tracemalloc.start()  # then look at take_snapshot().statistics('lineno') now and again",
        rss_bytes=usage.rss_bytes,
        rss_bytes_per_result=usage.rss_bytes_per_result,
        bytes_per_hour=hourly,
    )


def growing_disk(summary: Summary) -> Finding | None:
    """Files that results and chunks leave on the server's disk."""
    usage = summary.app.usage
    if usage is None or usage.disk_bytes is None or usage.disk_bytes < DISK_LEAST or not usage.disk_bytes_per_result:
        return None
    results_per_s = sum(one.results for one in summary.endpoints) / summary.run.measured_s
    hourly = usage.disk_bytes_per_result * results_per_s * HOUR_S
    return found(
        "growing_disk",
        "note",
        f"Each result leaves {decimal(round(usage.disk_bytes_per_result))} on the app's disk: "
        f"{decimal(round(hourly))} an hour with as many viewers.",
        "gr.Blocks(delete_cache=(60, 120))  # every 60 s, files older than 120 s",
        disk_bytes=usage.disk_bytes,
        disk_bytes_per_result=usage.disk_bytes_per_result,
        bytes_per_hour=hourly,
    )
