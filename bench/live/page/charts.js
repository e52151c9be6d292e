// The charts themselves, drawn by Bokeh. Colours are those of the report.
/* global Bokeh */

const COLOURS = {
  delivered: "#1f9e89",
  unattributed: "#3b7dd8",
  overwritten: "#e0a020",
  cut_off: "#e5703a",
  rejected: "#8e6bd1",
  failed: "#d9484b",
  in_flight: "#5c6675",
  skipped: "#8a94a6",
};
const STATES = { waiting: "#e0a020", open: "#1f9e89", rejoining: "#e5703a", frozen: "#d9484b" };
const [BLUE, TEAL, AMBER, RED] = ["#3b7dd8", "#1f9e89", "#e0a020", "#d9484b"];
const FATES = ["delivered", "skipped", "rejected", "overwritten", "cut_off", "failed", "in_flight", "unattributed"]; // as in the data
const SHOWN_S = 300; // the charts follow the last five minutes
const LEAST_S = 30;
const HEIGHT = 200;
const LANE = 13; // px

const plots = [];

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function legend(entries) {
  const list = document.createElement("ul");
  list.className = "legend";
  for (const [label, colour] of entries) {
    const [item, spot] = [document.createElement("li"), document.createElement("i")];
    spot.style.background = colour;
    item.append(spot, label.replaceAll("_", " "));
    list.append(item);
  }
  return list;
}

function plot(unit, height, more = {}) {
  const made = Bokeh.Plotting.figure({
    height,
    sizing_mode: "stretch_width",
    tools: "",
    toolbar_location: null,
    x_range: new Bokeh.Range1d({ start: 0, end: LEAST_S }),
    y_range: new Bokeh.DataRange1d({ start: 0, only_visible: true }),
    x_axis_label: "seconds since the run began",
    y_axis_label: unit,
    min_border_right: 14,
    outline_line_color: null,
    background_fill_color: null,
    border_fill_color: null,
    ...more,
  });
  plots.push(made);
  return made;
}

async function mount(parent, key, title, entries, made, wide = false) {
  const [figure, caption, room] = ["figure", "figcaption", "div"].map((tag) => document.createElement(tag));
  figure.id = key;
  figure.classList.toggle("wide", wide);
  caption.textContent = title;
  room.setAttribute("role", "img");
  room.setAttribute("aria-label", `${title}, over time`);
  figure.append(caption, legend(entries), room);
  parent.append(figure);
  await Bokeh.Plotting.show(made, room);
}

function note(key, text) {
  document.getElementById(key).title = text;
}

function hover(made, renderers, tooltips) {
  made.add_tools(new Bokeh.HoverTool({ renderers, tooltips, mode: "vline", point_policy: "follow_mouse" }));
}

function lines(unit, columns) {
  const source = new Bokeh.ColumnDataSource({ data: Object.fromEntries(["t", ...columns.map(([key]) => key)].map((key) => [key, []])) });
  const made = plot(unit, HEIGHT);
  const drawn = columns.map(([key, , colour, dash]) =>
    made.line({ field: "t" }, { field: key }, { source, line_color: colour, line_width: 2, line_dash: dash === "dashed" ? "dashed" : "solid" }),
  );
  for (const [key, , colour] of columns.filter(([, , , dash]) => dash === "dots")) {
    made.scatter({ field: "t" }, { field: key }, { source, size: 6, fill_color: colour, line_color: null });
  }
  hover(made, [drawn[0]], [["second", "@t{0}"], ...columns.map(([key, label]) => [label, `@${key}{0.[00]} ${unit === "streams" ? "" : unit}`])]);
  return { made, source };
}

function stack() {
  const order = Object.keys(COLOURS);
  const data = Object.fromEntries(["t", "middle", "step", "zero", ...order, ...order.map((fate) => `${fate}_top`)].map((key) => [key, []]));
  const source = new Bokeh.ColumnDataSource({ data });
  const made = plot("frames a second", HEIGHT);
  const drawn = order.map((fate, place) =>
    made.vbar({
      x: { field: "middle" },
      width: { field: "step" },
      bottom: { field: place ? `${order[place - 1]}_top` : "zero" },
      top: { field: `${fate}_top` },
      source,
      fill_color: COLOURS[fate],
      line_color: null,
    }),
  );
  hover(made, [drawn[0]], [["second", "@t{0}"], ...order.map((fate) => [fate.replaceAll("_", " "), `@${fate}{0.0}`])]);
  return { made, source, order };
}

function lanes() {
  const source = new Bokeh.ColumnDataSource({ data: { begin: [], end: [], y: [], colour: [], state: [], lasted: [] } });
  const range = new Bokeh.Range1d({ start: 1, end: 0 });
  const made = plot("viewer", 120, { y_range: range });
  const drawn = made.hbar({
    left: { field: "begin" },
    right: { field: "end" },
    y: { field: "y" },
    height: 0.78,
    source,
    fill_color: { field: "colour" },
    line_color: null,
  });
  made.add_tools(
    new Bokeh.HoverTool({
      renderers: [drawn],
      tooltips: [["viewer", "@y{0}"], ["state", "@state"], ["from", "@begin{0.0} s"], ["for", "@lasted{0.0} s"]],
    }),
  );
  return { made, source, range };
}

const orNaN = (value) => value ?? NaN;
const millis = (value) => (value === null ? NaN : value * 1000);

function stacked(samples, order) {
  const t = samples.map((one) => one.at_s);
  const step = t.map((end, at) => (at ? end - t[at - 1] : Math.min(1, end)));
  const data = { t, step, middle: t.map((end, at) => end - step[at] / 2), zero: t.map(() => 0) };
  const tops = samples.map(() => 0);
  for (const fate of order) {
    const place = FATES.indexOf(fate);
    data[fate] = samples.map((one) => one.fates[place]);
    data[`${fate}_top`] = data[fate].map((rate, at) => (tops[at] += rate));
  }
  return data;
}

function laid(spans) {
  const sorted = spans.toSorted((one, other) => one.viewer - other.viewer || one.begin_s - other.begin_s);
  return {
    begin: sorted.map((span) => span.begin_s),
    end: sorted.map((span) => span.end_s),
    y: sorted.map((span) => span.viewer),
    colour: sorted.map((span) => STATES[span.state]),
    state: sorted.map((span) => span.state),
    lasted: sorted.map((span) => span.end_s - span.begin_s),
  };
}

function paint() {
  const [text, quiet, line] = ["--text", "--quiet", "--line"].map(css);
  for (const made of plots) {
    for (const axis of [...made.xaxes, ...made.yaxes]) {
      axis.major_label_text_color = quiet;
      axis.axis_label_text_color = quiet;
      axis.axis_label_text_font_style = "normal";
      axis.axis_line_color = line;
      axis.major_tick_line_color = line;
      axis.minor_tick_line_color = null;
      axis.axis_label_standoff = 6;
    }
    for (const grid of [...made.xgrids, ...made.ygrids]) grid.grid_line_color = line;
    for (const grid of made.xgrids) grid.grid_line_alpha = 0.4;
    made.title.text_color = text;
  }
}

// Makes every chart below `parent`; `draw` shows samples and spans of one endpoint, `paint` takes on the page's colours.
export async function makeCharts(parent) {
  const fates = stack();
  const latency = lines("ms", [["p50", "p50", BLUE], ["p95", "p95", RED]]);
  const staleness = lines("s", [["typical", "typical", BLUE], ["worst", "worst", RED]]);
  const waits = lines("s", [["ended", "median of those that ended", BLUE, "dots"], ["longest", "longest still waiting", RED]]);
  const active = lines("streams", [["open", "open", TEAL], ["waiting", "waiting", AMBER], ["limit", "limit", RED, "dashed"]]);
  const rows = lanes();
  await mount(parent, "fates", "Frames by fate", Object.entries(COLOURS), fates.made, true);
  await mount(parent, "latency", "Latency", [["p50", BLUE], ["p95", RED]], latency.made);
  await mount(parent, "staleness", "Age of the picture on screen", [["typical viewer", BLUE], ["worst viewer", RED]], staleness.made);
  await mount(parent, "active", "Streams against the limit", [["open", TEAL], ["waiting", AMBER], ["limit", RED]], active.made);
  note("active", "Processes tell their counts once a second: a turn that passes from one to another may be counted twice.");
  await mount(parent, "waits", "Waits for a turn", [["median of those that ended", BLUE], ["longest still waiting", RED]], waits.made);
  await mount(parent, "lanes", "Viewers (the first 50)", Object.entries(STATES), rows.made, true);
  paint();

  function draw(samples, spans, limit) {
    const t = samples.map((one) => one.at_s);
    const end = Math.max(LEAST_S, t.at(-1) ?? 0);
    const start = Math.max(0, end - SHOWN_S);
    const column = (name, turned = orNaN) => samples.map((one) => turned(one[name]));
    fates.source.data = stacked(samples, fates.order);
    latency.source.data = { t, p50: column("latency_p50_s", millis), p95: column("latency_p95_s", millis) };
    staleness.source.data = { t, typical: column("staleness_p50_s"), worst: column("staleness_max_s") };
    waits.source.data = { t, ended: column("wait_p50_s"), longest: column("waiting_s") };
    active.source.data = { t, open: column("open"), waiting: column("waiting"), limit: t.map(() => limit ?? NaN) };
    const shown = spans.filter((span) => span.end_s >= start);
    rows.source.data = laid(shown);
    const viewers = shown.map((span) => span.viewer);
    const [first, last] = [Math.min(...viewers, 1e9), Math.max(...viewers, 0)];
    rows.range.setv({ start: last + 0.6, end: Math.min(first, last) - 0.6 });
    rows.made.height = 70 + LANE * Math.max(4, last - Math.min(first, last) + 1);
    for (const made of plots) made.x_range.setv({ start, end });
  }

  return { draw, paint, sources: { fates, latency, staleness, waits, active, lanes: rows } };
}
