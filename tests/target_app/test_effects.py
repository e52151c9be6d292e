"""The picture effects and the handlers of the camera pages, as pure functions."""

from collections.abc import Callable

import numpy as np
import pytest

from target_app.effects import EFFECTS, Picture, cartoon, edges, flip
from target_app.pages import filters, simple, unified


@pytest.fixture
def picture() -> Picture:
    """Paint a dark and a bright half, upright, with noise: 480 × 640."""
    halves = np.full((480, 640, 3), 60, np.uint8)
    halves[:, 320:] = (200, 120, 90)
    noise = np.random.default_rng(1).integers(-6, 7, halves.shape)
    return (halves + noise).astype(np.uint8)


def test_simple_returns_the_very_picture(picture: Picture) -> None:
    """The simple page's handler changes and copies nothing."""
    assert simple.show(picture) is picture


@pytest.mark.parametrize("handle", [filters.transform, unified.transform_in_place])
def test_the_filter_pages_apply_the_chosen_effect(handle: Callable[..., Picture], picture: Picture) -> None:
    """Both filter pages give what the effect of that name gives."""
    for name, effect in EFFECTS.items():
        assert np.array_equal(handle(picture, name), effect(picture))


def test_no_picture_gives_no_picture() -> None:
    """A camera gives None at times: every handler passes it on instead of failing the stream."""
    assert simple.show(None) is None
    assert filters.transform(None, "cartoon") is None
    assert unified.transform_in_place(None, "edges") is None


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("shape", [(480, 640, 3), (241, 323, 3), (2, 3, 3)])
def test_effects_keep_shape_type_and_input(effect: str, shape: tuple[int, int, int]) -> None:
    """Whatever the size, odd ones included, an effect gives as many bytes and leaves its input alone."""
    given = np.random.default_rng(2).integers(0, 256, shape, np.uint8)
    before = given.copy()
    result = EFFECTS[effect](given)
    assert result.shape == shape
    assert result.dtype == np.uint8
    assert np.array_equal(given, before)


def test_flip_turns_upside_down(picture: Picture) -> None:
    """The first row becomes the last, left stays left."""
    assert np.array_equal(flip(picture), picture[::-1])


def test_edges_draws_only_the_outline(picture: Picture) -> None:
    """White where the two halves meet, black everywhere else, noise included."""
    drawn = edges(picture)
    white = np.unique(np.nonzero(drawn)[1])
    assert set(np.unique(drawn)) == {0, 255}
    assert white.min() >= 316
    assert white.max() <= 324


def test_cartoon_flattens_colours_and_draws_outlines(picture: Picture) -> None:
    """Noise inside an area goes, its colour stays, and a dark line runs where areas meet."""
    drawn = cartoon(picture)
    inside = (slice(100, 380), slice(450, 550))
    lit = drawn[inside][drawn[inside].any(axis=2)]
    assert lit.std(axis=0).max() < picture[inside].reshape(-1, 3).std(axis=0).max() / 2
    assert np.abs(lit.mean(axis=0) - (200, 120, 90)).max() < 5
    assert (drawn[:, 312:328].min(axis=1) == 0).all()
