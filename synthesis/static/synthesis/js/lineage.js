// Pan, zoom and find in a lineage picture. What is seen is the SVG's viewBox, so that without a script all of it is.
const LEAST = 0.05;
const MOST = 3;
const READABLE = 0.75;
const STEP = 1.3;

for (const section of document.querySelectorAll("[data-lineage]")) start(section);

function start(section) {
  const svg = section.querySelector("svg.lineage-picture");
  const [, , wholeWidth, wholeHeight] = svg.getAttribute("viewBox").split(" ").map(Number);
  const nodes = [...svg.querySelectorAll("a.node")];
  const view = { x: 0, y: 0, scale: 1 }; // the picture's point in the upper left corner, and pixels a unit

  const size = () => svg.getBoundingClientRect();
  const show = () => {
    const { width, height } = size();
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.scale} ${height / view.scale}`);
  };
  const centre = (x, y, scale = view.scale) => {
    const { width, height } = size();
    view.scale = Math.min(MOST, Math.max(LEAST, scale));
    view.x = x - width / view.scale / 2;
    view.y = y - height / view.scale / 2;
    show();
  };
  const fitting = () => Math.min(size().width / wholeWidth, size().height / wholeHeight, 1);
  const fit = () => centre(wholeWidth / 2, wholeHeight / 2, fitting());
  const zoom = (factor, at) => {
    const box = size();
    const [px, py] = at ? [at.x - box.left, at.y - box.top] : [box.width / 2, box.height / 2];
    const scale = Math.min(MOST, Math.max(LEAST, view.scale * factor));
    view.x += px / view.scale - px / scale;
    view.y += py / view.scale - py / scale;
    view.scale = scale;
    show();
  };
  const move = (dx, dy) => {
    view.x -= dx / view.scale;
    view.y -= dy / view.scale;
    show();
  };
  const middle = (node) => node.dataset.middle.split(" ").map(Number);
  const root = () => centre(...middle(svg.querySelector("a.root") ?? nodes[0]), Math.max(view.scale, READABLE));

  // All of it where that can be read, else around the batch.
  const begin = () => (fitting() >= 0.6 ? fit() : root());
  begin();
  let width = size().width;
  new ResizeObserver(() => {
    if (size().width !== width) {
      width = size().width;
      show();
    }
  }).observe(svg);

  // Mouse, pen and fingers: one drags, two pinch. A drag is no click.
  const fingers = new Map();
  let dragged = false;
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    dragged = false;
  });
  svg.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    const before = fingers.size === 2 ? spread() : null;
    const [dx, dy] = [event.clientX - finger.x, event.clientY - finger.y];
    if (!dragged && Math.hypot(dx, dy) < 4) return;
    if (!dragged) {
      dragged = true;
      svg.setPointerCapture(event.pointerId);
      svg.classList.add("dragged");
    }
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (!before) {
      move(dx, dy);
      return;
    }
    const after = spread();
    zoom(after.distance / Math.max(before.distance, 1), after);
    move(after.x - before.x, after.y - before.y);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, (event) => {
      fingers.delete(event.pointerId);
      if (!fingers.size) svg.classList.remove("dragged");
    });
  }
  svg.addEventListener("pointerleave", (event) => {
    if (!svg.hasPointerCapture(event.pointerId)) fingers.delete(event.pointerId);
  });
  svg.addEventListener("click", (event) => dragged && event.preventDefault(), true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  // The wheel alone scrolls the page; with Ctrl, and as a pinch on a touchpad, it zooms.
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 300), { x: event.clientX, y: event.clientY });
    },
    { passive: false },
  );

  const keys = {
    ArrowLeft: () => move(60, 0),
    ArrowRight: () => move(-60, 0),
    ArrowUp: () => move(0, 60),
    ArrowDown: () => move(0, -60),
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    0: fit,
  };
  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  // Tab brings a node into view.
  svg.addEventListener("focusin", (event) => {
    const node = event.target.closest("a.node");
    if (!node || !node.matches(":focus-visible")) return;
    svg.scrollTop = svg.scrollLeft = 0;
    const [x, y] = middle(node);
    const { width: w, height: h } = size();
    const [px, py] = [(x - view.x) * view.scale, (y - view.y) * view.scale];
    if (px < 90 || py < 30 || px > w - 90 || py > h - 30) centre(x, y);
  });

  // The lines of the node that one points at, or that was found, stand out.
  const lines = new Map(nodes.map((node) => [node.dataset.number, []]));
  for (const line of svg.querySelectorAll("path.edge")) {
    for (const end of line.dataset.ends.split(" ")) lines.get(end).push(line);
  }
  const mark = (node, on) => {
    for (const line of lines.get(node.dataset.number)) line.classList.toggle("near", on);
  };
  for (const [event, on] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
    svg.addEventListener(event, ({ target }) => {
      const node = target.closest("a.node");
      if (node && (on || !node.classList.contains("found"))) mark(node, on);
    });
  }

  const buttons = { in: () => zoom(STEP), out: () => zoom(1 / STEP), fit, root };
  for (const button of section.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => buttons[button.dataset.zoom]());
  }

  // Find by code: each Enter goes to the next that has the text in it.
  const form = section.querySelector("[data-find]");
  const said = section.querySelector("[data-found]");
  let last = "";
  let at = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.querySelector("input").value.trim().toLowerCase();
    for (const node of nodes) {
      if (node.classList.contains("found")) mark(node, false);
      node.classList.remove("found");
    }
    if (!text) {
      said.textContent = "";
      return;
    }
    const hits = nodes.filter((node) => node.dataset.codes.includes(text));
    at = text === last ? (at + 1) % Math.max(hits.length, 1) : 0;
    last = text;
    for (const node of hits) {
      node.classList.add("found");
      mark(node, true);
    }
    if (!hits.length) {
      said.textContent = "nothing of that code";
      return;
    }
    centre(...middle(hits[at]), Math.max(view.scale, READABLE));
    const whole = hits[at].getAttribute("aria-label");
    said.textContent = hits.length > 1 ? `${at + 1} of ${hits.length}: ${whole}` : whole;
  });
}
