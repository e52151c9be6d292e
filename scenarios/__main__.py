"""`python -m scenarios` is `locust -f scenarios/` whose --help has the harness's options too.

Locust itself prints --help before it imports a locustfile, so no locustfile's options can be in it.
"""

import sys
from pathlib import Path

from locust.main import main

from bench.load import users

if __name__ == "__main__":
    assert users  # importing it registers the options
    sys.argv[0] = "locust"
    if not {"-f", "--locustfile"} & set(sys.argv):
        sys.argv[1:1] = ["-f", str(Path(__file__).parent)]
    main()  # type: ignore[no-untyped-call]  # Locust annotates only in part
