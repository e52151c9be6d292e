"""Marks: the identity budget, reading cells back, and refusing whatever was garbled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bench.errors import UsageError
from bench.media.__main__ import SIZES
from bench.media.mark import LEAST_BITS, PILOTS, Identity, MarkLayout, Picture

LAYOUTS = [MarkLayout.for_size(*size) for size in (*SIZES, (240, 320), (641, 483), (1080, 1920))]
layouts = st.sampled_from(LAYOUTS)
numbers = st.integers(0, 2**32 - 1)

GARBLINGS = 200_000


def _identity(layout: MarkLayout, viewer: int, frame: int) -> Identity:
    return Identity(viewer % layout.viewers, frame % 2**layout.frame_bits)


def _levels(layout: MarkLayout, identity: Identity) -> NDArray[np.uint8]:
    return layout.bits(identity.viewer, identity.frame).astype(np.uint8) * np.uint8(177)


@pytest.mark.parametrize(("size", "rows"), [((320, 240), 3), ((640, 480), 2), ((1280, 720), 1), ((1920, 1080), 1)])
def test_rows_follow_the_width(size: tuple[int, int], rows: int) -> None:
    """A narrow picture gets as many rows of cells as its identity needs, a wide one no more than that."""
    assert MarkLayout.for_size(*size).rows == rows


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.width}x{layout.height}")
def test_every_size_has_room_for_an_identity(layout: MarkLayout) -> None:
    """At least 12 viewer bits and 12 frame bits fit everywhere, and at least half of the picture stays scene."""
    assert layout.viewer_bits >= LEAST_BITS
    assert layout.frame_bits >= LEAST_BITS
    assert layout.cells <= layout.rows * layout.columns
    assert 2 * layout.rows * 16 <= layout.height / 2


@pytest.mark.parametrize("size", [(160, 120), (320, 176), (0, 0), (-640, 480), (9000, 9000)])
def test_unusable_sizes_are_refused_with_a_remedy(size: tuple[int, int]) -> None:
    """A size that cannot carry a mark, or is absurd, raises an error that names the option and a size that works."""
    with pytest.raises(UsageError) as refusal:
        MarkLayout.for_size(*size)
    assert "--resolution" in refusal.value.remedy


def test_a_viewer_beyond_the_budget_is_refused() -> None:
    """A viewer number that would be cut to another viewer's raises instead."""
    layout = MarkLayout.for_size(320, 240)
    with pytest.raises(UsageError, match="8192"):
        layout.code(layout.viewers, 0)


@given(layout=layouts, viewer=numbers, frame=numbers, dark=st.integers(0, 100), contrast=st.integers(8, 155))
def test_cells_read_back(layout: MarkLayout, viewer: int, frame: int, dark: int, contrast: int) -> None:
    """Any identity reads back from its cells at any brightness and contrast, and from their negative."""
    identity = _identity(layout, viewer, frame)
    levels = (dark + layout.bits(identity.viewer, identity.frame) * contrast).astype(np.uint8)
    assert layout.identify(np.stack([levels, 255 - levels])) == [identity, identity]


@given(layout=layouts, viewer=numbers, frame=numbers)
def test_both_bands_hold_the_mark_and_a_flip_keeps_the_top_one(layout: MarkLayout, viewer: int, frame: int) -> None:
    """What is painted at the bottom is, upside down, what is painted at the top."""
    bits = layout.bits(viewer % layout.viewers, frame)
    picture: Picture = np.full((layout.height, layout.width, 3), 99, np.uint8)
    layout.paint(picture, bits)
    upside_down = picture[::-1][layout.height % 16 :]
    assert np.array_equal(picture[: layout.rows * 16], upside_down[: layout.rows * 16])
    assert np.count_nonzero(picture == 255) == 2 * bits.sum() * 10 * 10 * 3


@given(layout=layouts, viewer=numbers, frame=numbers, data=st.data())
def test_garbled_cells_are_refused(layout: MarkLayout, viewer: int, frame: int, data: st.DataObject) -> None:
    """Any set of cells turned into their opposite is refused, unless none was: pilots included."""
    identity = _identity(layout, viewer, frame)
    flipped = data.draw(st.sets(st.integers(0, layout.cells - 1), min_size=1, max_size=layout.cells - 1))
    levels = _levels(layout, identity)
    levels[list(flipped)] = 177 - levels[list(flipped)]
    assert layout.identify(levels[None]) == [None]


@pytest.mark.parametrize("layout", LAYOUTS[:3], ids=lambda layout: f"{layout.width}x{layout.height}")
def test_no_garbling_is_ever_misread(layout: MarkLayout) -> None:
    """Of 200,000 marks with noise over any share of their cells, each is read as itself or refused."""
    rng = np.random.default_rng(11)
    sent = [_identity(layout, *pair) for pair in rng.integers(0, 2**32, (100, 2)).tolist()]
    marks = np.stack([_levels(layout, identity) for identity in sent])
    levels = np.repeat(marks, GARBLINGS // len(sent), axis=0)
    noise = rng.integers(0, 256, levels.shape, dtype=np.uint8)
    levels = np.where(rng.random(levels.shape) < rng.random((len(levels), 1)) ** 3, noise, levels)
    read = layout.identify(levels)
    own = np.repeat(np.arange(len(sent)), GARBLINGS // len(sent)).tolist()
    assert all(got is None or got == sent[index] for got, index in zip(read, own, strict=True))
    assert 0.01 < sum(got is None for got in read) / GARBLINGS < 0.99


@given(layout=layouts, one=st.tuples(numbers, numbers), other=st.tuples(numbers, numbers), data=st.data())
def test_a_torn_mark_is_refused(
    layout: MarkLayout, one: tuple[int, int], other: tuple[int, int], data: st.DataObject
) -> None:
    """A mark that begins as one frame's and ends as another's is neither, nor any third."""
    first, second = _identity(layout, *one), _identity(layout, *other)
    cut = data.draw(st.integers(PILOTS, layout.cells))
    torn = np.concatenate([_levels(layout, first)[:cut], _levels(layout, second)[cut:]])
    assert layout.identify(torn[None])[0] in {None, first, second}


def test_a_flat_band_is_no_mark() -> None:
    """Black, white and grey bands have no contrast between the pilots, and are refused."""
    layout = MarkLayout.for_size(640, 480)
    flat = np.repeat(np.array([[0], [128], [255]], np.uint8), layout.cells, axis=1)
    assert layout.identify(flat) == [None, None, None]


@given(layout=layouts, last_sent=numbers, age=st.integers(0, 4095))
def test_unwrapping_undoes_the_counter(layout: MarkLayout, last_sent: int, age: int) -> None:
    """A frame less than 2**frame_bits old is told from what its mark holds and the last frame sent."""
    frame = last_sent - age
    marked = frame % 2**layout.frame_bits
    assert layout.unwrap(marked, last_sent) == (frame if frame >= 0 else None)
