"""The rows, in the page's order: every fault of network, server, door, app and harness that a run is tried on."""

from bench.faults.cases.app import APP
from bench.faults.cases.door import DOOR
from bench.faults.cases.harness import HARNESS
from bench.faults.cases.network import NETWORK
from bench.faults.cases.server import SERVER

CASES = (*NETWORK, *SERVER, *DOOR, *APP, *HARNESS)
