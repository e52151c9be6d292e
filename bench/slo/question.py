"""One objective asked of one endpoint, or of the run: a check, with its reason in words."""

from dataclasses import dataclass
from math import ceil

from bench.metrics import Distribution, Endpoint, Summary, decidable
from bench.metrics.figures import Check
from bench.slo.decide import ASSUMED_ALIKE, Count, Status, decide_mean
from bench.slo.evidence import EndpointEvidence, Evidence, stored
from bench.slo.figures import ERRORS, OF_SENT
from bench.slo.objectives import Objective
from bench.slo.wording import Told, beside, counted, deciding, measured_words, noun, unknown_words

_OF_TRANSCRIPTS = {"state_errors", "damaged", "lost_updates"}
_ALWAYS = {"latency_s", "latency_raw_s", "frames", "fps", "first_frame_s", "queue_wait_s", "goodput", "rotation"}


@dataclass(frozen=True, slots=True)
class Question:
    """`endpoint` None asks the run as a whole; `evidence` None stands for a run without its ledger."""

    objective: Objective
    summary: Summary
    endpoint: Endpoint | None
    evidence: EndpointEvidence | None

    def check(self) -> Check:
        """Answer it."""
        unanswerable = self._unanswerable()
        return unanswerable if unanswerable is not None else self._answer(self._required())

    # What stands in the way ----------------------------------------------------------------------------------

    def _unanswerable(self) -> Check | None:
        """Where there is nothing to hold against the limit, or nothing that can be believed."""
        if self.endpoint is not None and not self.endpoint.viewers:
            return self._open(self._absent(), "No viewer came inside the measured window.")
        value = self.value()
        if value is None:
            by_nature = self.endpoint is not None and not self._could_have()
            return self._open(self._absent() if by_nature else "inconclusive", unknown_words(self.objective, by_nature))
        strict = self.objective.figure.strict
        if not self.summary.generator.healthy and not strict:
            why = "The load generator cannot be believed, so neither can this"
            return self._open("inconclusive", f"{why}: {self.summary.generator.reasons[0]}")
        return None

    def _absent(self) -> Status:
        """A line for all endpoints asks those that have the figure; one for this endpoint wants an answer."""
        return "none" if self.objective.endpoint is None else "inconclusive"

    def _could_have(self) -> bool:
        """Whether this endpoint's figure is unknown for want of results, and not because it never has one."""
        one, group = self._required_endpoint(), self.objective.figure.path[0]
        if group in {"shown", "staleness_s", "staleness_open_s", "freezes"}:
            return one.kind == "camera" and one.result in {None, "image"}
        if group == "sound":
            return one.kind == "microphone"
        if group == "latency_lower_s":
            return one.attribution == "bounded"
        if group == "integrity" and self.objective.figure.path[-1] in _OF_TRANSCRIPTS:
            return one.kind == "microphone" and one.result == "text"
        if group == "integrity":
            return one.attribution == "exact"
        return not one.results or group in _ALWAYS

    # Values --------------------------------------------------------------------------------------------------

    def value(self) -> float | None:
        """The figure itself, in the limit's unit."""
        figure, unit = self.objective.figure, self.objective.limit.unit
        if figure.name == ERRORS:
            return float(sum(error.count for error in self.summary.errors if self._concerns(error.endpoint)))
        if figure.part == "generator":
            return figure.value(self.summary.generator)
        if figure.part == "app":
            return figure.value(self.summary.app)
        one = self._required_endpoint()
        found = figure.value(one)
        if found is None and figure.base == ("queue_wait_s",) and one.rotation.waiting_at_end:
            found = one.rotation.worst_wait_s  # nobody's wait has ended, which is no excuse
        if found is None or unit != "share" or not figure.countable:
            return found
        whole = one.goodput.viewers if figure.fate is None else self._frames_asked()
        return found / whole if whole else None

    def _concerns(self, name: str | None) -> bool:
        return self.endpoint is None or name == self.endpoint.api_name

    def _frames_asked(self) -> int:
        frames = self._required_endpoint().frames
        return frames.captured - (frames.skipped if self.objective.figure.name == OF_SENT else 0)

    def _required_endpoint(self) -> Endpoint:
        assert self.endpoint is not None, "an endpoint's figure is asked of endpoints only"
        return self.endpoint

    def _required(self) -> float:
        value = self.value()
        assert value is not None, "_unanswerable tells of what is not known"
        return value

    # Answers -------------------------------------------------------------------------------------------------

    def _answer(self, value: float) -> Check:
        figure, limit = self.objective.figure, self.objective.limit
        bar = self._bar()
        if not decidable(value, limit.value, bar):
            return self._open("inconclusive", beside(value, bar or 0.0), value)
        if figure.quantile is not None:
            return self._of_values(value, self._counts(value), self._allowed(figure.quantile))
        if figure.statistic == "mean" and (evidence := self._values()) is not None:
            status = decide_mean(evidence.means(), limit.value, upper=limit.upper)
            return self._measured(value, status)
        rate = self._as_share()
        if rate is not None and 0 < rate < 1:
            return self._of_values(value, self._frames(), 1 - rate if not limit.upper else rate)
        return self._measured(value, "pass" if limit.holds(value) else "fail")

    def _bar(self) -> float | None:
        """How far the harness itself may be off."""
        figure = self.objective.figure
        if not figure.statistic or figure.part != "endpoint":
            return None
        return self.summary.generator.error_bars.of(".".join(figure.base), figure.statistic)

    def _values(self) -> Evidence | None:
        return self.evidence.values(self.objective.figure.base) if self.evidence else None

    def _allowed(self, quantile: float) -> float:
        """The share of values that may lie on the wrong side: 5 in 100 for p95 < L, 95 in 100 for p95 > L."""
        return 1 - quantile if self.objective.limit.upper else quantile

    def _counts(self, own: float) -> tuple[Count, Count]:
        """So many values at least, and at most, are on the wrong side: the same where every one is on record."""
        evidence, limit = self._values(), self.objective.limit
        if evidence is not None:
            count = evidence.count(limit, own)
            return count, count
        found = self._distribution()
        return (Count(1, 0), Count(1, 1)) if found is None else stored(found, limit)

    def _distribution(self) -> Distribution | None:
        figure = self.objective.figure
        found: object = self.endpoint if figure.part == "endpoint" else self.summary.generator
        for key in figure.base:
            found = getattr(found, key)
        assert found is None or isinstance(found, Distribution)
        return found

    def _as_share(self) -> float | None:
        """The share of frames that the limit speaks of; frames a second are one of the frames that the camera makes."""
        figure, limit = self.objective.figure, self.objective.limit
        if figure.fate is not None and limit.unit == "share":
            return limit.value
        every_s = self.endpoint.settings.stream_every_s if self.endpoint else None
        return limit.value * every_s if figure.name == "fps_delivered" and every_s else None

    def _frames(self) -> tuple[Count, Count]:
        """Frames on the wrong side: those that met a fate which is to be rare, or missed one that is to be common."""
        figure, upper = self.objective.figure, self.objective.limit.upper
        fate = figure.fate or "delivered"
        if self.evidence is not None:
            count = self.evidence.frames(fate, wrong=upper, sent_only=figure.name == OF_SENT)
        else:
            met, n = getattr(self._required_endpoint().frames, fate), self._frames_asked()
            count = Count(n, met if upper else n - met, ASSUMED_ALIKE)
        return count, count

    # Words ---------------------------------------------------------------------------------------------------

    def _of_values(self, value: float, counts: tuple[Count, Count], allowed: float) -> Check:
        fewest, most = counts
        status: Status = "pass" if most.decide(allowed) == "pass" else "inconclusive"
        status = "fail" if fewest.decide(allowed) == "fail" else status
        count = fewest if status == "fail" else most
        longer = count.longer(allowed) if status == "inconclusive" and fewest == most else None
        told = Told(self.objective, count, allowed, noun(self.objective.figure, self.endpoint))
        needed = None if longer is None else ceil((longer - 1) * count.n)
        by_time = longer is not None and self.objective.figure.path[0] != "first_frame_s"  # once for each viewer
        needed_s = (longer - 1) * self.summary.run.measured_s if by_time and longer is not None else None
        reason = counted(told) if status != "inconclusive" else deciding(told, fewest, needed, needed_s)
        return self._made(status, reason, value, count, (needed, needed_s))

    def _measured(self, value: float, status: Status) -> Check:
        return self._made(status, measured_words(self.objective, value, status), value)

    def _open(self, status: Status, reason: str, value: float | None = None) -> Check:
        return self._made(status, reason, self.value() if value is None and self._has_value() else value)

    def _has_value(self) -> bool:
        return self.endpoint is None or bool(self.endpoint.viewers)

    def _made(
        self,
        status: Status,
        reason: str,
        value: float | None,
        count: Count | None = None,
        needed: tuple[int | None, float | None] = (None, None),
    ) -> Check:
        figure, limit = self.objective.figure, self.objective.limit
        place = self.endpoint.api_name if self.endpoint else None
        return Check(
            name=check_name(self.objective, place),
            status=status,
            figure=figure.name,
            endpoint=place,
            operator=limit.operator,
            limit=limit.value,
            unit=limit.unit,
            value=value,
            n=count.n if count else None,
            wrong=count.wrong if count else None,
            independent=count.n / count.alike if count else None,
            needed=needed[0],
            needed_s=needed[1],
            reason=reason,
        )


def check_name(objective: Objective, endpoint: str | None) -> str:
    """What a check is called everywhere: `filters: latency_p95 < 300 ms`."""
    return f"{endpoint}: {objective}" if endpoint else str(objective)
