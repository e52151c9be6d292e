"""What befalls the harness itself: its processes, its folder, its ledger."""

from functools import partial

from bench.faults.case import Case, overcome

_cut_short = partial(Case, fates=("delivered",))

HARNESS = (
    _cut_short(
        "kill -9 of the load",
        "the process that makes the load is killed",
        act="kill the load",
        exit_code=3,
        says=("The process that makes the load died", "cut short"),
    ),
    _cut_short(
        "kill -9 of a worker",
        "one of two worker processes is killed",
        act="kill a worker",
        options=("--processes", "2"),
        says=("was lost",),
    ),
    _cut_short(
        "kill -9 of the command",
        "the command is killed; what it had started ends, and a report is made afterwards",
        act="kill the command",
        exit_code=-9,
        says=("gradio-bench report: 0",),
    ),
    _cut_short(
        "Ctrl-C",
        "the run is interrupted once",
        act="interrupt",
        exit_code=130,
        says=("Interrupted: the figures end there",),
    ),
    _cut_short(
        "Ctrl-C twice",
        "the run is interrupted twice, and a report is made afterwards",
        act="interrupt twice",
        exit_code=130,
        says=("Interrupted twice", "gradio-bench report: 0"),
    ),
    _cut_short(
        "disk full",
        "no file can grow beyond 8 kB (RLIMIT_FSIZE, in place of a full disk); a report is made afterwards",
        act="report afterwards",
        most_file_bytes=8_000,
        exit_code=2,
        says=("The reports cannot be written", "cannot be written any more", "gradio-bench report: 0"),
    ),
    Case(
        "read-only folder",
        "the folder of results cannot be written to",
        out="/proc/gradio-bench",
        exit_code=2,
        says=("Cannot write to", "--out"),
        reported=False,
    ),
    overcome(
        "two runs into one folder",
        "a second run is started into the folder of one under way",
        act="a second run",
        says=("the second run: 2", "already holds a run"),
    ),
    _cut_short(
        "torn ledger",
        "the ledger is cut at every byte of its last block, and a report is made of the shortest",
        act="tear the ledger",
        says=("gradio-bench report: 0", "its last second is missing", "cut at each of"),
    ),
)
