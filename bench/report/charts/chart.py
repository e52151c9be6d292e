"""What a chart is, and how all of them look before the page gives them the reader's colours."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from bokeh.models import DataRange1d, HoverTool, NumeralTickFormatter, Range1d
from bokeh.models.annotations import BoxAnnotation
from bokeh.plotting import figure
from numpy.typing import NDArray

BLUE, TEAL, AMBER, ORANGE, RED, VIOLET, SLATE = (
    "#3b7dd8",
    "#1f9e89",
    "#e0a020",
    "#e5703a",
    "#d9484b",
    "#8e6bd1",
    "#8a94a6",
)
"""Middle tones, told apart on white and on near-black alike."""

HEIGHT = 240
_TOOLS = "xpan,box_zoom,reset,save"
_TOOLS_HEIGHT = 200  # px: below it the buttons do not fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One picture: `key` names it within its endpoint, `caption` says in words what it shows.

    `legend` pairs each label with its colour; the page writes it beside the plot, where every reader can read it. A
    chart without a `plot` has nothing to draw, and its caption says why. Nothing in it comes from the app under test.
    """

    key: str
    title: str
    caption: str = ""
    plot: Any = None
    legend: tuple[tuple[str, str], ...] = field(default=())
    wide: bool = False


def over_time(length_s: float, warmup_s: float, y_label: str, *, height: int = HEIGHT) -> Any:
    """Make an empty plot over a run's seconds, its warm-up shaded."""
    plot = blank(
        "seconds since the first viewer came", y_label, height=height, x_range=Range1d(start=0, end=max(length_s, 0.1))
    )
    if warmup_s:
        shade = BoxAnnotation(left=0, right=warmup_s, fill_color=SLATE, fill_alpha=0.12, line_color=None)
        shade.level = "underlay"
        plot.add_layout(shade)
    return plot


def blank(x_label: str, y_label: str, *, height: int = HEIGHT, **more: Any) -> Any:
    """Make an empty plot that fills its column; dragging scrolls the page until a tool is chosen."""
    plot = figure(
        height=height,
        sizing_mode="stretch_width",
        tools=_TOOLS,
        active_drag=None,
        x_axis_label=x_label,
        y_axis_label=y_label,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
        toolbar_location="right" if height >= _TOOLS_HEIGHT else None,
        min_border_right=16,
        **more,
    )
    plot.toolbar.logo = None
    plot.toolbar.autohide = True
    plot.xgrid.visible = False
    for axis in plot.axis:
        axis.minor_tick_line_color = None
        axis.axis_label_text_font_style = "normal"
        axis.major_label_text_font_size = axis.axis_label_text_font_size = "12px"
    if "y_range" not in more:
        plot.y_range = DataRange1d(start=0)
        plot.yaxis.formatter = NumeralTickFormatter(format="0,0.[00]")
    return plot


def hover(plot: Any, renderer: Any, *rows: tuple[str, str], mode: Literal["mouse", "vline"] = "vline") -> None:
    """Let a pointer read `rows` of label and format off one renderer."""
    plot.add_tools(HoverTool(renderers=[renderer], tooltips=list(rows), mode=mode, visible=False))


def small(values: NDArray[Any]) -> NDArray[np.float32]:
    """As many digits as a screen can show, in half the bytes."""
    return np.asarray(values, np.float32)
