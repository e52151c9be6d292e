"""The books of one stream: which fate each of its frames met. Pure: facts go in as they come, ledger rows come out.

What the server does decides the rules (Gradio's `routes.py` and `queueing.py`): a stream has a one-slot, latest-wins
mailbox, frames are handled one after another, and their results arrive in that order. So once the result of frame f
is here, an earlier frame whose POST had been answered before f was sent can have no result any more: it was
overwritten. POSTs that overlap may overtake each other; such frames wait for the next result, or the stream's end.
"""

from collections import deque
from collections.abc import Callable
from itertools import pairwise
from math import inf, isnan

from bench.ledger import Fate, Outcome
from bench.load.bounds import bound
from bench.load.entries import Arrival, Head, Integrity, Row, SentFrame, row_of_frame, row_of_stream
from bench.load.tentative import HeldResult, HeldResults
from bench.wire.stream import Stream

RECENT = 512
"""Frames of a stream that are remembered after their fate is known: most of a minute of a 10 fps camera."""

_LEFT = (Outcome.UNFINISHED, Outcome.CLOSED)  # by the viewer: the app may still be at work

UNREADABLE_RESULTS = 3
"""Unreadable results, with none read before, after which a stream's attribution turns from exact to bounded."""


class StreamBooks:
    """Settles every frame of one stream, and writes its rows once they are final.

    Attribution begins `exact` where results carry marks; after `patience` results without one that could be read it
    turns bounded. Where marks have been `legible` before, a stream too short for so many proves nothing. `frame_row`
    and `stream_row` receive ledger rows; `settled` is told of each fate.
    """

    def __init__(
        self,
        endpoint: int,
        viewer: int,
        stream: Stream,
        *,
        exact: bool,
        patience: int = UNREADABLE_RESULTS,
        legible: Callable[[], bool] = lambda: False,
        frame_row: Callable[[Row], None],
        stream_row: Callable[[Row], None],
        settled: Callable[[SentFrame], None],
    ) -> None:
        self.stream = stream
        self.results = 0
        self.integrity = Integrity()
        self.closed = False
        self._head: Head = (endpoint, viewer, stream.ordinal)
        self._exact, self._patience, self._legible = exact, patience, legible
        self._frame_row, self._stream_row, self._settled = frame_row, stream_row, settled
        self._pending: list[SentFrame] = []  # no fate yet, in the order of sending
        self._unanswered: dict[int, SentFrame] = {}  # POST without an answer yet, by frame
        self._delivered: deque[int] = deque(maxlen=RECENT)
        self._arrivals: deque[Arrival] = deque()  # not yet attributed, in the order of arrival
        self._unread: list[Arrival] = []  # attributed to nothing since the last delivered frame
        self._held = HeldResults(self._pending)  # bounded: the last results, and their frames
        self._sent: deque[SentFrame] = deque(maxlen=RECENT)  # in order, whatever became of them
        self._last = -1
        self._newest: SentFrame | None = None  # whose result came last
        self._last_result_s = -1.0
        self._ended = False

    # What happens to a stream, told by the viewer -------------------------------------------------------------

    def send(self, frame: int, tick_s: float, *, join: bool) -> SentFrame:
        """Open the account of a frame about to be sent."""
        sent = SentFrame(frame, tick_s, join)
        self._pending.append(sent)
        self._sent.append(sent)
        self._unanswered[frame] = sent
        return sent

    def answered(self, sent: SentFrame, status: int, sent_s: float, accepted_s: float) -> None:
        """Take note of the POST's answer; one of 400 and above means that the frame was rejected."""
        sent.status, sent.sent_s, sent.accepted_s = status, sent_s, accepted_s
        if status >= 400 and sent.fate is None:
            self._settle(sent, Fate.REJECTED)
        self._post_over(sent)

    def broke(self, sent: SentFrame) -> None:
        """Take note that the connection broke before the POST's answer."""
        if sent.fate is None:
            self._settle(sent, Fate.FAILED)
        self._post_over(sent)

    def arrived(self, result_s: float, bytes_received: int) -> Arrival:
        """Take note of a fresh result; `read` must follow for each, in any order."""
        arrival = Arrival(result_s, bytes_received)
        self.results += 1
        self._arrivals.append(arrival)
        return arrival

    def read(self, arrival: Arrival, frame: int | None = None, *, cross_talk: bool = False) -> None:
        """Attribute a result: the mark said `frame` of this viewer, or another viewer's, or could not be read."""
        arrival.read, arrival.frame = True, frame
        self.integrity.cross_talk += cross_talk
        self._attribute_ready()
        self._close_if_complete()

    def ended(self) -> None:
        """Take note that the stream has ended: `stream` says how. The books close once all is answered and read."""
        self._ended = True
        self._close_if_complete()

    def force_closed(self) -> None:
        """Close the books now: the run is over. What has no answer is in flight; what is unread stays so."""
        if self.closed:
            return
        for arrival in self._arrivals:
            arrival.read = True
        self._attribute_ready()
        self._release_held()
        for sent in list(self._unanswered.values()):
            if sent.fate is None:
                self._settle(sent, Fate.IN_FLIGHT)
            self._post_over(sent)
        self._close()

    @property
    def bounded(self) -> bool:
        """Whether results of this stream are bounded to a range of frames rather than read."""
        return not self._exact

    @property
    def waiting_for(self) -> int:
        """How many frames have no fate yet, or no answer."""
        return len(self._pending) + len(self._unanswered) + len(self._arrivals)

    # Attribution ----------------------------------------------------------------------------------------------

    def _attribute_ready(self) -> None:
        while self._arrivals and self._arrivals[0].read:
            arrival = self._arrivals.popleft()
            if not self._exact:
                self._attribute_bounded(arrival)
            elif arrival.frame is None:
                self._unread.append(arrival)
                if len(self._unread) >= self._patience:
                    self._turn_bounded()
            else:
                self._attribute_exact(arrival, arrival.frame)

    def _turn_bounded(self) -> None:
        """Give up on marks where the app destroys them all: bounds still say something, a guess would not."""
        if self._delivered or self.integrity.cross_talk or not self._unread:
            return
        self._exact = False
        for arrival in self._unread:
            self._attribute_bounded(arrival)
        self._unread.clear()

    def _attribute_exact(self, arrival: Arrival, frame: int) -> None:
        sent = next((entry for entry in self._pending if entry.frame == frame), None)
        if sent is None:
            if frame in self._delivered:
                self.integrity.duplicated += 1
            else:
                self.integrity.out_of_order += 1
                self._unread.append(arrival)
            return
        self.integrity.out_of_order += frame < self._last
        self._last = max(self._last, frame)
        self._delivered.append(frame)
        sent.result, self._newest = arrival, sent
        self._settle(sent, Fate.DELIVERED)
        certain = self._allot_unread([entry for entry in self._pending if entry.frame < frame])
        for entry in [entry for entry in self._pending if entry.frame < frame]:
            if entry.accepted_s <= sent.sending_s:
                self._settle(entry, Fate.OVERWRITTEN, certain=certain)

    def _allot_unread(self, candidates: list[SentFrame]) -> bool:
        """Give each unreadable result the latest frame it can have been; returns whether there was no choice.

        One whose POST had its answer before the result came is likelier than one whose POST was only under way.
        """
        certain = not self._unread or len(candidates) == len(self._unread)
        while self._unread:
            arrival = self._unread.pop()
            fitting = [entry for entry in candidates if entry.accepted_s <= arrival.result_s]
            fitting = fitting or [entry for entry in candidates if entry.sending_s <= arrival.result_s]
            if fitting:
                candidates.remove(fitting[-1])
                fitting[-1].result = arrival
                fate = Fate.DELIVERED if arrival.between else Fate.UNATTRIBUTED
                self._settle(fitting[-1], fate, certain=certain)
        return certain

    def _attribute_bounded(self, arrival: Arrival) -> None:
        """Bound a result without a mark; the row of the latest frame it can be becomes its own, once that is final."""
        found = bound(self._sent, arrival.result_s, self._held.previous)
        if found is None or not self._held.add(arrival, found):
            self.integrity.duplicated += found is None or not self._held.overflowed
            return
        for held in self._held.final():
            self._deliver_bounded(held)

    def _deliver_bounded(self, held: HeldResult) -> None:
        sent, bounds = held.sent, held.bounds
        if sent.fate is not None:  # its POST has failed since: the result was an earlier frame's
            before = self._held.last_pending(bounds.earliest, sent.frame - 1)
            if before is None:
                self.integrity.duplicated += 1
                return
            sent = before
        sent.result, sent.earliest, sent.latest = held.arrival, bounds.earliest, sent.frame
        self._settle(sent, Fate.DELIVERED, certain=bounds.earliest == sent.frame)
        for entry in [entry for entry in self._pending if entry.frame < sent.frame]:
            if entry.accepted_s <= sent.sending_s:
                self._settle(entry, Fate.OVERWRITTEN, certain=entry.frame < bounds.earliest)

    def _release_held(self) -> None:
        for held in self._held.all():
            self._deliver_bounded(held)

    # The end of a stream --------------------------------------------------------------------------------------

    def _close_if_complete(self) -> None:
        if self._ended and not self.closed and not self._arrivals and not self._unanswered:
            self._close()

    def _close(self) -> None:
        if self.closed:
            return
        self.closed = True
        if not self._legible():
            self._turn_bounded()
        self._release_held()
        self._allot_unread(list(self._pending))
        self._settle_trailing(list(self._pending))
        self._stream_row(row_of_stream(self._head, self.stream, self.results, self.integrity))

    def _settle_trailing(self, trailing: list[SentFrame]) -> None:
        """Settle the frames accepted after the last result: one the handler had taken, one last, others overwritten.

        The one taken failed where the handler raised, and is in flight where the viewer left before its result. Of
        POSTs that overlapped, the order of their answers tells best which came first: a frame answered before the one
        with the last result was passed over by it, and is none of them.
        """
        newest_s = -inf if self._newest is None else self._newest.accepted_s
        broke_waiting = self.stream.outcome is Outcome.BROKEN and isnan(self.stream.open_s)
        failed = self.stream.outcome is Outcome.FAILED or broke_waiting
        for entry in [entry for entry in trailing if entry.accepted_s < newest_s]:
            if not failed or len(trailing) > 1:  # something was raised on: where it is the only one, on this
                self._settle(entry, Fate.OVERWRITTEN, certain=False)
                trailing.remove(entry)
        if not trailing:
            return
        certain = self._exact and newest_s <= trailing[0].sending_s
        certain = certain and all(a.accepted_s <= b.sending_s for a, b in pairwise(trailing))
        trailing.sort(key=lambda entry: entry.accepted_s)
        taken = self._taken(trailing)
        if failed:
            self._settle(taken, Fate.FAILED, certain=len(trailing) == 1)
            trailing.remove(taken)
            certain = False
        elif self.stream.outcome in _LEFT and taken is not trailing[-1]:
            certain = certain and taken.join  # any other's turn came some ms before the result that tells of it
            self._settle(taken, Fate.IN_FLIGHT, certain=certain)
            trailing.remove(taken)
        for entry in trailing[:-1]:
            self._settle(entry, Fate.OVERWRITTEN, certain=certain)
        for entry in trailing[-1:]:
            last = Fate.IN_FLIGHT if self.stream.outcome is Outcome.UNFINISHED else Fate.CUT_OFF
            self._settle(entry, last, certain=certain)

    def _taken(self, trailing: list[SentFrame]) -> SentFrame:
        """Name the frame the handler took after its last result: the latest accepted by then, else the first."""
        waiting = [entry for entry in trailing if entry.accepted_s <= self._last_result_s]
        return waiting[-1] if waiting else trailing[0]

    # Rows -----------------------------------------------------------------------------------------------------

    def _settle(self, sent: SentFrame, fate: Fate, *, certain: bool = True) -> None:
        sent.fate, sent.certain = fate, certain
        if sent.result is not None:
            self._last_result_s = sent.result.result_s
        self._pending.remove(sent)
        self._settled(sent)
        if sent.frame not in self._unanswered:
            self._frame_row(row_of_frame(self._head, sent))

    def _post_over(self, sent: SentFrame) -> None:
        if self._unanswered.pop(sent.frame, None) is not None and sent.fate is not None:
            self._frame_row(row_of_frame(self._head, sent))
        self._close_if_complete()
