"""The limits of a deployed app's streams: changed before it is launched, and what they come to together.

Works on Gradio's own BlockFunctions (as `Any`: only the child that deploys an app may import Gradio).
"""

from collections.abc import Iterable
from typing import Any

from bench.errors import UsageError
from bench.wire.endpoint import endpoint_names, stream_targets

_FIELDS = {"stream_every_s": "stream_every", "time_limit_s": "time_limit", "concurrency_limit": "concurrency_limit"}


def apply_overrides(fns: Iterable[Any], orders: dict[str, Any]) -> None:
    """Give every stream the settings `orders["everywhere"]` and, by name, `orders["endpoints"]` ask for.

    Raises UsageError for an endpoint the app does not have.
    """
    streams = _streams(fns)
    unknown = sorted(set(orders["endpoints"]) - set(streams))
    if unknown:
        has = f"It has {', '.join(sorted(streams))}." if streams else "It has no streaming endpoints."
        raise UsageError(f"The app has no streaming endpoint {unknown[0]}.", has)
    for name, fn in streams.items():
        for setting, value in {**orders["everywhere"], **orders["endpoints"].get(name, {})}.items():
            setattr(fn, _FIELDS[setting], value)


def facts(fns: Iterable[Any], default_limit: int | None, max_threads: int) -> dict[int, dict[str, Any]]:
    """Tell, by fn_index, each stream's name, own limit, group and effective limit.

    The effective limit is the least of the stream's own, its group's (streams that share a `concurrency_id`, by
    default those on one function) and `max_threads`, since every open stream holds a thread's job slot (Gradio's
    queueing.py). Other events of a group count only once they are used, which a viewer never does. A limit of None is
    no limit.
    """
    streams = _streams(fns)
    own: dict[str, int | None] = {
        name: default_limit if fn.concurrency_limit == "default" else fn.concurrency_limit
        for name, fn in streams.items()
    }
    groups: dict[str, list[int]] = {fn.concurrency_id: [max_threads] for fn in streams.values()}
    for name, fn in streams.items():
        limit = own[name]
        if limit is not None:
            groups[fn.concurrency_id].append(limit)
    return {
        fn._id: {
            "api_name": name,
            "concurrency_limit": own[name],
            "concurrency_id": str(fn.concurrency_id),
            "effective_limit": min(groups[fn.concurrency_id]),
        }
        for name, fn in streams.items()
    }


def _streams(fns: Iterable[Any]) -> dict[str, Any]:
    by_index = {fn._id: fn for fn in fns}
    configs = [fn.get_config() for fn in by_index.values()]
    names = endpoint_names(configs)
    return {names[config["id"]]: by_index[config["id"]] for config in configs if stream_targets(config)}
