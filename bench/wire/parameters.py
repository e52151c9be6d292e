"""Names of handlers' parameters, for inputs whose labels do not tell them apart: from the API schema, not /config."""

import dataclasses
from collections import Counter
from typing import Any

import httpx

from bench.wire.client import AppClient
from bench.wire.endpoint import Endpoint

_SCHEMA = "info?all_endpoints=True"


def name_parameters(client: AppClient, endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """Give inputs the names of their parameters, where some input has no label of its own and the app tells names."""
    if all(_labelled(endpoint) for endpoint in endpoints):
        return endpoints
    schema = _schema(client)
    return tuple(with_parameters(endpoint, schema) for endpoint in endpoints)


def with_parameters(endpoint: Endpoint, schema: dict[str, Any]) -> Endpoint:
    """Name an endpoint's inputs out of the app's API schema, which lists all but states, in order."""
    listed = [index for index, one in enumerate(endpoint.inputs) if one.role != "state"]
    names = _names(endpoint, schema)
    if len(names) != len(listed):
        return endpoint
    inputs = list(endpoint.inputs)
    for index, name in zip(listed, names, strict=True):
        inputs[index] = dataclasses.replace(inputs[index], parameter=name)
    return dataclasses.replace(endpoint, inputs=tuple(inputs))


def _labelled(endpoint: Endpoint) -> bool:
    labels = Counter(one.label for one in endpoint.inputs if one.role == "other")
    made_up = {f"{one.type} {one.component_id}" for one in endpoint.inputs}
    return all(count == 1 and label not in made_up for label, count in labels.items())


def _schema(client: AppClient) -> dict[str, Any]:
    """Fetch the app's API schema; empty where it cannot be had: names are a convenience."""
    try:
        answer = httpx.get(
            client.src_prefixed + _SCHEMA,
            headers=client.headers,
            cookies=client.cookies,
            verify=client.ssl_verify,
            **client.httpx_kwargs,
        )
        schema = answer.json() if answer.is_success else {}
    except (httpx.HTTPError, ValueError):
        return {}
    return schema if isinstance(schema, dict) else {}


def _names(endpoint: Endpoint, schema: dict[str, Any]) -> list[str]:
    named = schema.get("named_endpoints", {}).get("/" + endpoint.api_name.partition(":")[0])
    found = named or schema.get("unnamed_endpoints", {}).get(str(endpoint.fn_index)) or {}
    return [str(one["parameter_name"]) for one in found.get("parameters", ()) if one.get("parameter_name")]
