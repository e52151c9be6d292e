"""Print the identity budget of the usual resolutions, as docs/marks.md shows it: `python -m bench.media`."""

import sys

from bench.media.mark import MarkLayout

SIZES = ((320, 240), (640, 360), (640, 480), (800, 600), (854, 480), (960, 540), (1280, 720), (1920, 1080))


def budget_table() -> str:
    """Lay out the identity budget as a Markdown table, one row per resolution."""
    rows = ["| resolution | rows × cells | viewer bits | frame bits | viewers | frame counter wraps at 10 fps after |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    for width, height in SIZES:
        layout = MarkLayout.for_size(width, height)
        minutes = 2**layout.frame_bits / 10 / 60
        wraps = f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60 / 24:,.0f} days"
        rows.append(
            f"| {width}×{height} | {layout.rows} × {layout.columns} | {layout.viewer_bits} | {layout.frame_bits} "
            f"| {layout.viewers:,} | {wraps} |"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(budget_table() + "\n")
