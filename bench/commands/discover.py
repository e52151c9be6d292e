"""The command `gradio-bench discover`: what can be driven in an app, and how."""

import json
import os
import sys
from contextlib import ExitStack

from rich.console import Console

from bench.commands.options import AuthEnv, Headers, Json, StartTimeout, Target

EPILOG = (
    "Examples:\n\n"
    "`gradio-bench discover http://127.0.0.1:7860`\n\n"
    "`gradio-bench discover app.py --auth-env APP_LOGIN` · as the USER:PASSWORD in that environment variable"
)


def discover(
    target: Target = "",
    start_timeout: StartTimeout = "",
    auth_env: AuthEnv = "",
    header: Headers = None,
    as_json: Json = False,
) -> None:
    """Show an app's streaming endpoints, how each would be driven, and what cannot be."""
    from bench.load.target import Target as Deployment  # noqa: PLC0415
    from bench.load.target_name import parse_target, start_timeout_s  # noqa: PLC0415
    from bench.report import discovery  # noqa: PLC0415
    from bench.wire.access import read_access  # noqa: PLC0415
    from bench.wire.app import discover as find  # noqa: PLC0415

    name = parse_target(target)
    access = read_access(auth_env, header or (), os.environ)
    most_s = start_timeout_s(name, start_timeout)
    doing = f"Deploying {name} ..." if name.deployed else f"Connecting to {name} ..."
    with ExitStack() as stack, Console(stderr=True).status(doing) as status:
        deployed = stack.enter_context(Deployment(name, timeout_s=most_s)) if name.deployed else None
        url, facts = (deployed.url, deployed.facts) if deployed else (name.text, None)
        found = find(url, auth=access.auth, headers=access.headers, patience_s=most_s, waiting=status.update)
    gone = str(name) if deployed else ""
    if as_json:
        sys.stdout.write(json.dumps(discovery.as_json(found, facts, gone), indent=2) + "\n")
    else:
        discovery.render(found, Console(), facts, gone)
