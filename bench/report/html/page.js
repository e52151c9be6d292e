// Draws the charts in the reader's colours, keeps them so, and lets keys move them.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = [];

  const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function paint(plot) {
    const text = colour("--text"), soft = colour("--soft"), line = colour("--line");
    const axis = { axis_label_text_color: soft, major_label_text_color: soft, axis_line_color: line, major_tick_line_color: line };
    for (const model of plot.references()) {
      const kind = model.type;
      if (kind.endsWith("Axis")) model.setv(axis);
      else if (kind === "Grid") model.setv({ grid_line_color: line });
      else if (kind === "Title") model.setv({ text_color: text });
    }
  }

  function repaint() {
    drawn.forEach(one => paint(one.plot));
    document.documentElement.dataset.painted = dark.matches ? "dark" : "light";
  }

  function move(one, key) {
    const { x_range } = one.plot, width = x_range.end - x_range.start, middle = (x_range.start + x_range.end) / 2;
    const [low, high] = one.whole;
    const to = {
      ArrowLeft: [x_range.start - width / 5, x_range.end - width / 5],
      ArrowRight: [x_range.start + width / 5, x_range.end + width / 5],
      "+": [middle - width / 4, middle + width / 4],
      "-": [Math.max(low, middle - width), Math.min(high, middle + width)],
      0: [low, high],
    }[key];
    if (!to) return false;
    x_range.setv({ start: to[0], end: to[1] });
    return true;
  }

  async function draw(script) {
    const views = await Bokeh.embed.embed_item(JSON.parse(script.textContent));
    const plot = [...views][0].model;
    const one = { plot, whole: null };
    drawn.push(one);
    paint(plot);
    script.parentElement.addEventListener("keydown", event => {
      if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
      one.whole ??= [plot.x_range.start, plot.x_range.end];
      if (move(one, event.key === "=" ? "+" : event.key)) event.preventDefault();
    });
  }

  async function all() {
    Bokeh.set_log_level("error");
    for (const script of document.querySelectorAll("script[data-chart]")) await draw(script);
    repaint();
    dark.addEventListener("change", repaint);
    document.documentElement.dataset.drawn = drawn.length;
  }

  all();
})();
