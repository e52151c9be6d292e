// Live charts of a run: asks for what is new once a second, and draws one endpoint's share of it.
import { makeCharts } from "./charts.js";

const EVERY_MS = 1000;
const KEPT = 1800;
const WAITING = "Waiting for a run …";

const run = { number: 0, last: 0, samples: [], spans: new Map(), chosen: null, endpoints: [] };
let charts = null;

function theme() {
  const dark = localStorage.theme ? localStorage.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const name = dark ? "dark" : "light";
  if (document.documentElement.dataset.theme === name && charts !== null) return;
  document.documentElement.dataset.theme = name;
  charts?.paint();
}

function take(news) {
  if (news.run !== run.number) Object.assign(run, { number: news.run, last: 0, samples: [], spans: new Map() });
  run.endpoints = news.endpoints;
  run.last = news.last;
  run.samples.push(...news.samples);
  run.samples.splice(0, Math.max(0, run.samples.length - KEPT * Math.max(1, run.endpoints.length)));
  for (const span of news.spans) run.spans.set(`${span.viewer}/${span.begin_s}`, span);
  const names = run.endpoints.map((one) => one.api_name);
  const busy = run.endpoints.find((one) => one.captured > 0) ?? run.endpoints[0];
  if (!names.includes(run.chosen) && busy) run.chosen = busy.api_name;
  document.getElementById("state").textContent = told(news);
}

function told(news) {
  if (news.run === 0) return WAITING;
  const people = `${news.viewers} viewer${news.viewers === 1 ? "" : "s"}`;
  if (news.phase === "idle") return "The run is over";
  const warm = news.elapsed_s < news.warmup_s ? " (warming up)" : "";
  return news.phase === "finishing"
    ? "Finishing: waiting for the last results …"
    : `Running for ${Math.floor(news.elapsed_s)} s${warm}, ${people}`;
}

function drawEndpoints() {
  const group = document.getElementById("endpoints");
  const names = run.endpoints.length > 1 ? run.endpoints.map((one) => one.api_name) : [];
  if (group.dataset.names !== JSON.stringify(names)) {
    group.dataset.names = JSON.stringify(names);
    group.replaceChildren(...names.map(endpointButton));
  }
  for (const button of group.children) button.setAttribute("aria-pressed", String(button.textContent === run.chosen));
}

function endpointButton(name) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", () => {
    run.chosen = name;
    draw();
  });
  return button;
}

const seconds = (value) =>
  value === null || value === undefined ? "–" : value < 0.9995 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`;

function figures(one, sample) {
  const share = one.captured ? `${((100 * (one.fates.delivered ?? 0)) / one.captured).toFixed(1)} %` : "–";
  const limit = one.limit === null ? "" : ` of ${one.limit}`;
  return [
    ["frames", one.captured.toLocaleString("en"), ""],
    ["delivered", share, ""],
    ["latency p50", seconds(sample?.latency_p50_s), ""],
    ["latency p95", seconds(sample?.latency_p95_s), ""],
    ["oldest picture", seconds(sample?.staleness_max_s), ""],
    ["open streams", String(one.open), limit],
    ["waiting", String(one.waiting), sample?.waiting_s ? ` up to ${seconds(sample.waiting_s)}` : ""],
    ["errors", one.errors.toLocaleString("en"), ""],
  ];
}

function drawFigures() {
  const one = run.endpoints.find((each) => each.api_name === run.chosen);
  if (!one) return;
  const sample = run.samples.findLast((each) => each.api_name === run.chosen);
  const cards = figures(one, sample).map(([label, value, more]) => {
    const [card, term, figure, small] = ["div", "dt", "dd", "small"].map((tag) => document.createElement(tag));
    term.textContent = label;
    figure.textContent = value;
    small.textContent = more;
    figure.append(small);
    card.append(term, figure);
    return card;
  });
  document.getElementById("figures").replaceChildren(...cards);
}

function draw() {
  drawEndpoints();
  drawFigures();
  const own = (each) => each.api_name === run.chosen;
  const limit = run.endpoints.find(own)?.limit ?? null;
  charts.draw(run.samples.filter(own), [...run.spans.values()].filter(own), limit);
}

async function look() {
  try {
    const answer = await fetch(`./data?run=${run.number}&since=${run.last}`);
    if (answer.ok) {
      take(await answer.json());
      draw();
    }
  } catch {
    document.getElementById("state").textContent = "Locust does not answer any more.";
  }
  setTimeout(look, document.hidden ? 5 * EVERY_MS : EVERY_MS);
}

// A file takes some seconds to be made: say so, and say what went wrong where it does.
async function download(event) {
  event.preventDefault();
  const link = event.currentTarget;
  if (link.ariaBusy === "true") return;
  const label = link.textContent;
  link.ariaBusy = "true";
  link.textContent = "Preparing …";
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(await answer.text());
    const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "gradio-bench";
    const made = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await answer.blob()), download: name });
    made.click();
    setTimeout(() => URL.revokeObjectURL(made.href), 60_000);
    link.textContent = label;
  } catch (error) {
    link.textContent = label;
    link.title = error.message;
    document.getElementById("problem").textContent = `It could not be made: ${error.message.slice(0, 300)}`;
  }
  link.ariaBusy = "false";
}

function fit() {
  if (window.frameElement) window.frameElement.style.height = `${document.documentElement.offsetHeight + 40}px`;
}

for (const link of document.querySelectorAll("#downloads a")) link.addEventListener("click", download);
theme();
charts = await makeCharts(document.getElementById("charts"));
theme();
addEventListener("storage", theme); // Locust's switch of colours, in the page around this one
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
new ResizeObserver(fit).observe(document.body);
look();
