// Figures: fetched when they come into view, coloured by the theme, redrawn when it or their width changes.
// A click on a point opens its history; with the keyboard the arrows go from point to point and line to line, and Enter
// opens the history. `<figure data-figure="address of the JSON">`; see includes/figure.html.
import { openDrawer } from "labdb/drawer";

const NARROW = 600; // pixels
const MANY = 10; // entries that a legend above the figure can hold
const states = new WeakMap();
let plotly = null;

function library(address) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("plotly.js could not be loaded"));
    document.head.append(script);
  });
  return plotly;
}

// The stylesheet's colours as plotly understands them; `light` for pictures that leave the page.
function theme(light = false) {
  const probe = document.createElement("span");
  if (light) probe.style.colorScheme = "light";
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(["text", "muted", "grid", "surface", "line-strong"].map((name) => [name, colour(name)]));
  probe.remove();
  return colours;
}

function template(figure, light) {
  const colours = theme(light);
  const axis = {
    gridcolor: colours.grid,
    linecolor: colours["line-strong"],
    tickcolor: colours["line-strong"],
    zeroline: false,
    showline: true,
    ticks: "outside",
    ticklen: 4,
    automargin: true,
    title: { standoff: 8, font: { color: colours.text } },
  };
  return {
    data: figure.layout.template?.data ?? {},
    layout: {
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colours.muted },
      xaxis: axis,
      yaxis: axis,
      hoverlabel: { bgcolor: colours.surface, bordercolor: colours["line-strong"], font: { color: colours.text }, align: "left" },
      legend: { font: { color: colours.text } },
    },
  };
}

function legend(figure, width) {
  const entries = figure.data.filter((trace) => trace.showlegend !== false && trace.name).length;
  if (entries > MANY) return width < NARROW ? null : { orientation: "v", x: 1.01, y: 1, xanchor: "left" };
  return { orientation: "h", x: 0, y: 1.02, xanchor: "left", yanchor: "bottom" };
}

function layout(figure, width, height, light = false) {
  const entries = legend(figure, width);
  return {
    ...figure.layout,
    template: template(figure, light),
    width,
    height,
    margin: { l: 16, r: 16, t: 24, b: 16, pad: 0 },
    legend: entries ?? {},
    showlegend: entries !== null && figure.layout.showlegend,
    dragmode: matchMedia("(pointer: coarse)").matches ? false : (figure.layout.dragmode ?? "zoom"),
  };
}

// Where a point's history is told: a trace has one address, or each of its points one of its own.
function historyOf(trace, x, number) {
  if (trace?.meta?.histories) return trace.customdata[number] || null;
  const address = trace?.meta?.history;
  if (!address) return null;
  return /at[/=]$/.test(address) ? address + Math.round(x) : address;
}

function say(element, text) {
  const place = element.querySelector(".plot-summary");
  if (!place) return;
  place.textContent = text;
  place.title = text; // of which the page shows three lines
}

async function draw(element) {
  const state = states.get(element);
  const Plotly = await library(element.dataset.plotly);
  const width = state.plot.clientWidth;
  if (!width || !state.figure) return;
  const height = Math.max(state.plot.clientHeight, 280);
  await Plotly.react(state.plot, state.figure.data, layout(state.figure, width, height), {
    displaylogo: false,
    displayModeBar: width < NARROW ? false : "hover",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "toImage", "zoomIn2d", "zoomOut2d"],
    doubleClick: "reset+autosize",
  });
  if (state.wired) return;
  state.wired = true;
  state.plot.on("plotly_click", (event) => {
    const point = event.points[0];
    const address = historyOf(point?.data, point?.x, point?.pointNumber);
    if (address) openDrawer(address);
  });
  state.plot.on("plotly_relayout", (event) => zoomed(element, event));
}

// A figure with `data-window` asks for the records of the window that one zooms into.
function zoomed(element, event) {
  if (!("window" in element.dataset)) return;
  const state = states.get(element);
  const [from, to] = [event["xaxis.range[0]"], event["xaxis.range[1]"]];
  const all = event["xaxis.autorange"] === true;
  if (!all && (from === undefined || to === undefined)) return;
  clearTimeout(state.zoom);
  state.zoom = setTimeout(() => {
    const address = new URL(element.dataset.figure, location.href);
    if (!all) {
      address.searchParams.set("from", String(Number(from) * 3600));
      address.searchParams.set("to", String(Number(to) * 3600));
    }
    load(element, address);
  }, 120);
}

async function load(element, address = new URL(element.dataset.figure, location.href)) {
  const state = states.get(element);
  const turn = (state.turn = (state.turn ?? 0) + 1);
  state.plot.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const figure = await response.json();
    if (turn !== state.turn) return; // a later zoom has been asked for
    state.figure = figure;
    state.plot.setAttribute("aria-label", figure.summary);
    element.classList.toggle("nothing", figure.empty);
    say(element, figure.summary);
    if (figure.empty) window.Plotly?.purge(state.plot);
    else await draw(element);
    element.dataset.drawn = "";
  } catch (error) {
    say(element, `This figure could not be drawn: ${error.message}. Reload the page to try again.`);
  } finally {
    state.plot.removeAttribute("aria-busy");
  }
}

// From point to point with the arrows.
function step(element, key) {
  const state = states.get(element);
  const lines = state.plot.calcdata ?? [];
  const drawn = lines.map((points, number) => number).filter((number) => lines[number][0]?.trace.visible === true && lines[number][0].trace.meta);
  if (!drawn.length) return;
  let { line = drawn[0], point = -1 } = state.at ?? {};
  const good = (number) => Number.isFinite(lines[line][number]?.x) && Number.isFinite(lines[line][number]?.y);
  if (key === "ArrowUp" || key === "ArrowDown") {
    line = drawn.at((drawn.indexOf(line) + (key === "ArrowUp" ? -1 : 1)) % drawn.length);
    point = Math.min(Math.max(point, 0), lines[line].length - 1);
    while (point < lines[line].length - 1 && !good(point)) point += 1;
  } else {
    const by = key === "ArrowRight" ? 1 : -1;
    let next = point + by;
    while (next >= 0 && next < lines[line].length && !good(next)) next += by;
    if (!good(next)) return;
    point = next;
  }
  state.at = { line, point };
  const trace = lines[line][0].trace;
  const { x, y } = lines[line][point];
  window.Plotly.Fx.hover(state.plot, [{ curveNumber: line, pointNumber: point }], [`${trace.xaxis ?? "x"}${trace.yaxis ?? "y"}`]);
  state.said.textContent = `${trace.name ?? ""} ${Number(x.toPrecision(6))}: ${Number(y.toPrecision(5))}. Enter shows its history.`;
}

function keyed(element, event) {
  if (event.target !== states.get(element).plot) return;
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    step(element, event.key);
  } else if (event.key === "Enter") {
    const { figure, at, plot } = states.get(element);
    if (!at) return;
    const address = historyOf(figure.data[at.line], plot.calcdata[at.line][at.point].x, at.point);
    if (address) openDrawer(address);
  }
}

async function picture(element) {
  const state = states.get(element);
  if (!state.figure || state.figure.empty) return;
  const Plotly = await library(element.dataset.plotly);
  const whole = { ...layout(state.figure, 900, 560, true), paper_bgcolor: "#ffffff", title: { text: "" } };
  const data = await Plotly.toImage({ data: state.figure.data, layout: whole }, { format: "svg", width: 900, height: 560 });
  const link = document.createElement("a");
  link.href = data;
  link.download = `${element.dataset.name ?? "figure"}.svg`;
  link.click();
}

const inView = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      inView.unobserve(entry.target);
      load(entry.target);
    }
  },
  { rootMargin: "400px" },
);
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const element = target.closest("[data-figure]");
    const state = states.get(element);
    if (!state?.figure || state.figure.empty || state.width === target.clientWidth) continue;
    state.width = target.clientWidth;
    requestAnimationFrame(() => draw(element));
  }
});

function wire(root) {
  const inside = root.querySelectorAll("[data-figure]");
  for (const element of root.matches?.("[data-figure]") ? [root, ...inside] : inside) {
    if (states.has(element)) continue;
    const plot = element.querySelector(".plot");
    const said = element.querySelector("[data-said]");
    states.set(element, { plot, said });
    element.addEventListener("keydown", (event) => keyed(element, event));
    element.querySelector("[data-svg]")?.addEventListener("click", () => picture(element));
    inView.observe(element);
    widths.observe(plot);
  }
}

// A field inside a figure that changes what it shows.
document.addEventListener("change", (event) => {
  const element = event.target.closest("[data-figure]");
  const name = event.target.dataset.parameter;
  if (!element || !name) return;
  const address = new URL(element.dataset.figure, location.href);
  address.searchParams.set(name, event.target.value);
  element.dataset.figure = address.pathname + address.search;
  const numbers = element.querySelector("[data-numbers]");
  if (numbers) {
    const file = new URL(numbers.href);
    file.searchParams.set(name, event.target.value);
    numbers.href = file.pathname + file.search;
  }
  states.get(element).at = null;
  load(element);
});
document.addEventListener("labdb:theme", () => {
  for (const element of document.querySelectorAll("[data-figure]")) if (states.get(element)?.figure?.empty === false) draw(element);
});
document.addEventListener("htmx:load", (event) => wire(event.detail.elt));
wire(document);
