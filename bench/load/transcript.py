"""Where the results of a microphone go: the words heard are read out of a transcript, or out of returned sound."""

from functools import partial

from bench.load.books import StreamBooks
from bench.load.crowd import Crowd
from bench.load.entries import Arrival, SentFrame
from bench.load.fetch import Fetcher
from bench.media.hearing import TranscriptReader, words_in_sound
from bench.media.word import Word
from bench.wire.events import Result
from bench.wire.transport import Transport


class Transcript:
    """The results of one viewer's microphone. `endpoint` is an index into the crowd's endpoints.

    A result that says nothing new (the word ends in a later chunk) belongs between its neighbours; where no word is
    ever heard, attribution turns bounded.
    """

    def __init__(self, crowd: Crowd, endpoint: int, viewer: int, transport: Transport) -> None:
        self._crowd, self._index, self._viewer = crowd, endpoint, viewer
        self._marked = crowd.endpoints[endpoint].marked_output
        self._microphone = crowd.recorders.microphone(crowd.endpoints[endpoint].stream_every_s)
        self._layout = self._microphone.layout
        self._reader = TranscriptReader(self._layout, viewer)
        # Text that goes back with each chunk can go back older than the last result: what that one added is then gone.
        self._goes_back = any(one.output_index == self._marked for one in crowd.endpoints[endpoint].inputs)
        self._withdrawn: set[int] = set()
        self._speaks = False
        self._fetcher = Fetcher(crowd, endpoint, transport)
        self.next_frame = 0

    def take(self, books: StreamBooks, result: Result, now_s: float) -> None:
        """Take a fresh result: note its time first, then hear what it says."""
        arrival = books.arrived(now_s, result.size)
        arrival.between = True
        value = result.data[self._marked] if self._marked is not None and self._marked < len(result.data) else None
        if isinstance(value, str):
            self._read_text(books, arrival, value)
        elif isinstance(value, dict) and not value.get("is_stream"):
            self._fetcher.fetch(value, arrival, partial(self._take_sound, books, arrival))
        else:
            books.read(arrival)

    def abandon(self) -> None:
        """Take note that the viewer is gone."""
        self._fetcher.gone = True

    def settled(self, sent: SentFrame) -> None:
        """Take note of a settled frame: nothing on a transcript depends on it."""

    def _read_text(self, books: StreamBooks, arrival: Arrival, text: str) -> None:
        heard = self._reader.read(text, self.next_frame)
        integrity = books.integrity
        integrity.duplicated += len(heard.doubled)
        integrity.out_of_order += len(set(heard.out_of_order) - self._withdrawn)
        self._speaks = self._speaks or bool(heard.words or heard.foreign)
        if self._speaks:  # before its first word a text may be no transcript at all
            integrity.damaged += heard.damaged
        integrity.lost_updates += self._goes_back and bool(heard.withdrawn)
        self._withdrawn.update(heard.withdrawn)
        integrity.state_errors += len(heard.foreign)
        if heard.foreign:
            self._crowd.failed(self._index, "state", "words of another viewer in the transcript")
        books.read(arrival, self._chunk(heard.words[-1]) if heard.words else None)

    def _take_sound(self, books: StreamBooks, arrival: Arrival, sound: bytes | None) -> None:
        if sound is None:
            books.read(arrival)
            return
        listen = partial(words_in_sound, sound, self._layout)
        self._crowd.attributor.read(listen, partial(self._read_sound, books, arrival))

    def _read_sound(self, books: StreamBooks, arrival: Arrival, words: tuple[Word, ...] | None) -> None:
        if books.closed:
            return
        own = [word for word in words or () if word.viewer == self._viewer]
        foreign = len(own) < len(words or ())  # also beside the viewer's own: a state that all sessions share
        if foreign:
            self._crowd.failed(self._index, "cross-talk", "the sound of another viewer")
        number = self._layout.unwrap(own[-1].number, self.next_frame) if own else None
        books.read(arrival, None if number is None else self._chunk(number), cross_talk=foreign)

    def _chunk(self, number: int) -> int:
        """Find the chunk in which the viewer's word `number` ends: with jitter it may be a neighbour's."""
        last = self._layout.chunks(number)[-1]
        for chunk in (last, last + 1, max(last - 1, 0)):
            if any(part.ends and part.word == number for part in self._microphone.chunk(self._viewer, chunk).words):
                return chunk
        return last
