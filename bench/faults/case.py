"""A row of the table of faults: what happens, and what must be seen of it."""

from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from bench.faults.fault import Fault

App = Literal["reference", "faulty", "with_login"]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault and its expectations.

    `meets` says in a sentence what viewers meet. `act` names what is done in the middle of the run (see `acts`).
    `says` must each stand in the errors, findings or final sentences; `fates` must have at least one frame each.
    `harmless` wants no error at all. `comes_back` wants results of every viewer at the end.
    """

    name: str
    meets: str
    faults: tuple[Fault, ...] = ()
    app: App = "reference"
    endpoint: str = "simple"
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    act: str = ""
    deploys: bool = False  # the command deploys the app itself, with no proxy between
    tls: bool = False
    exit_code: int = 0
    says: tuple[str, ...] = ()
    fates: tuple[str, ...] = ()
    harmless: bool = False
    comes_back: bool = False
    reported: bool = True  # whether there are results to be checked
    settings: dict[str, float] = field(default_factory=dict)  # what the results must say of the endpoint
    out: str = ""  # the folder of results, where it is not the row's own
    most_file_bytes: int = 0  # the largest file that the command and its children may write; 0 is any
    quick: bool = False  # part of `make test`


harmless = partial(Case, harmless=True, comes_back=True)
"""A row that viewers do not feel: nothing went wrong."""

overcome = partial(Case, fates=("delivered",), comes_back=True)
"""A row that is told of, and that viewers get over."""
