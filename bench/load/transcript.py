"""Where the results of a microphone go: the words heard are read out of a transcript, or out of returned sound."""

from dataclasses import dataclass, field
from functools import partial

from bench.load.books import StreamBooks
from bench.load.crowd import Crowd
from bench.load.entries import Arrival, Integrity, SentFrame
from bench.load.fetch import Fetcher
from bench.load.marked import Candidates
from bench.media.hearing import Heard, TranscriptReader, words_in_sound
from bench.media.word import Word
from bench.wire.events import Result
from bench.wire.transport import Transport


@dataclass(slots=True)
class Text:
    """One text of an endpoint as it grows. `speaks` once a word was read in it: before, it may be no transcript at all.

    Text that `goes_back` with each chunk can go back older than the last result: what that one added is then gone.
    """

    reader: TranscriptReader
    goes_back: bool
    speaks: bool = False
    withdrawn: set[int] = field(default_factory=set)


class Transcript:
    """The results of one viewer's microphone. `endpoint` is an index into the crowd's endpoints.

    A result that says nothing new (the word ends in a later chunk) belongs between its neighbours; where no word is
    ever heard, attribution turns bounded.
    """

    def __init__(self, crowd: Crowd, endpoint: int, viewer: int, transport: Transport) -> None:
        self._crowd, self._index, self._viewer = crowd, endpoint, viewer
        self._marked = crowd.marked[endpoint]
        self._microphone = crowd.recorders.microphone(crowd.endpoints[endpoint].stream_every_s)
        self._layout = self._microphone.layout
        self._texts: dict[int, Text] = {}
        self._fetcher = Fetcher(crowd, endpoint, transport)
        self.next_frame = 0

    def take(self, books: StreamBooks, result: Result, now_s: float) -> None:
        """Take a fresh result: note its time first, then hear what it says."""
        arrival = books.arrived(now_s, result.size)
        arrival.between = True
        self._hear(books, arrival, self._marked.candidates(result.data))

    def _hear(self, books: StreamBooks, arrival: Arrival, candidates: Candidates) -> None:
        """Read the first of these outputs; the next one follows where it says nothing."""
        if not candidates:
            books.read(arrival)
            return
        (_, value), *others = candidates
        if isinstance(value, str):
            self._read_text(books, arrival, candidates)
        elif isinstance(value, dict) and not value.get("is_stream"):
            self._fetcher.fetch(value, arrival, partial(self._take_sound, books, arrival, candidates))
        else:
            self._hear(books, arrival, others)

    def abandon(self) -> None:
        """Take note that the viewer is gone."""
        self._fetcher.gone = True

    def settled(self, sent: SentFrame) -> None:
        """Take note of a settled frame: nothing on a transcript depends on it."""

    def _text(self, output: int) -> Text:
        if output not in self._texts:
            goes_back = any(one.output_index == output for one in self._crowd.endpoints[self._index].inputs)
            self._texts[output] = Text(TranscriptReader(self._layout, self._viewer), goes_back)
        return self._texts[output]

    def _read_text(self, books: StreamBooks, arrival: Arrival, candidates: Candidates) -> None:
        (output, value), *others = candidates
        text = self._text(output)
        heard = text.reader.read(value, self.next_frame)
        self._count(books.integrity, text, heard)
        if text.speaks:
            self._marked.found(output)
        if heard.words or text.speaks:
            books.read(arrival, self._chunk(heard.words[-1]) if heard.words else None)
        else:
            self._hear(books, arrival, others)

    def _count(self, integrity: Integrity, text: Text, heard: Heard) -> None:
        """Count what is wrong with a transcript."""
        integrity.duplicated += len(heard.doubled)
        integrity.out_of_order += len(set(heard.out_of_order) - text.withdrawn)
        text.speaks = text.speaks or bool(heard.words or heard.foreign)
        if text.speaks:
            integrity.damaged += heard.damaged
        integrity.lost_updates += text.goes_back and bool(heard.withdrawn)
        text.withdrawn.update(heard.withdrawn)
        integrity.state_errors += len(heard.foreign)
        if heard.foreign:
            self._crowd.failed(self._index, "state", "words of another viewer in the transcript")

    def _take_sound(self, books: StreamBooks, arrival: Arrival, candidates: Candidates, sound: bytes | None) -> None:
        if sound is None:
            books.read(arrival)
            return
        listen = partial(words_in_sound, sound, self._layout)
        self._crowd.attributor.read(listen, partial(self._read_sound, books, arrival, candidates))

    def _read_sound(
        self, books: StreamBooks, arrival: Arrival, candidates: Candidates, words: tuple[Word, ...] | None
    ) -> None:
        if books.closed:
            return
        (output, _), *others = candidates
        if words:
            self._marked.found(output)
        elif others:
            self._hear(books, arrival, others)
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
