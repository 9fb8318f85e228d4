// A micrograph with a scale bar, and circles or lines on it that mouse, finger and keyboard can move. What a person
// chooses goes into the fields of the form of parameters; nothing is measured here but a preview.
const SVG = "http://www.w3.org/2000/svg";
const PORE = [213, 94, 0, 170];
const STEP = 1;
const LARGE_STEP = 10;
const SMALLEST_RADIUS = 2;

function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

async function table(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  const { columns, rows } = await answer.json();
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row]])),
  );
}

function send(form) {
  const folded = form.closest("details");
  if (folded) folded.open = true; // a browser cannot show what is wrong in a field that is folded away
  form.requestSubmit();
}

// 1, 2 or 5 times a power of ten, at most `most`.
function roundLength(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return (most / power >= 5 ? 5 : most / power >= 2 ? 2 : 1) * power;
}

function lengthWords(nm) {
  if (nm >= 1e6) return `${Number((nm / 1e6).toPrecision(4))} mm`;
  if (nm >= 1e3) return `${Number((nm / 1e3).toPrecision(4))} µm`;
  return `${Number(nm.toPrecision(4))} nm`;
}

// The picture with its marks, in pixels of the picture itself.
class Stage {
  constructor(panel, about) {
    this.about = about;
    this.element = panel.querySelector("[data-stage]");
    this.picture = this.element.querySelector("img.view");
    this.marks = panel.querySelector("[data-marks]");
    this.width = this.picture.naturalWidth * about.factor;
    this.height = this.picture.naturalHeight * about.factor;
    this.marks.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.scale = draw("g", { class: "scale", "aria-hidden": "true" });
    this.marks.append(this.scale);
    new ResizeObserver(() => this.resized()).observe(this.element);
    this.whenResized = [() => this.drawScale()];
  }

  // Pixels of the picture in one of the screen.
  get unit() {
    return this.width / Math.max(1, this.marks.getBoundingClientRect().width);
  }

  at(event) {
    const box = this.marks.getBoundingClientRect();
    return [(event.clientX - box.left) * this.unit, (event.clientY - box.top) * this.unit];
  }

  resized() {
    for (const react of this.whenResized) react();
  }

  drawScale() {
    const nm = this.about.pixel_size_nm;
    this.scale.replaceChildren();
    if (!nm) return;
    const unit = this.unit;
    const length = roundLength(this.width * nm * 0.25);
    const wide = length / nm;
    const high = 5 * unit;
    const bottom = this.height - (this.about.databar_rows ?? 0);
    const x = this.width - wide - 14 * unit;
    const y = bottom - 16 * unit;
    const words = draw("text", { x: x + wide / 2, y: y - 6 * unit, "text-anchor": "middle", "font-size": 13 * unit });
    words.textContent = lengthWords(length);
    this.scale.append(draw("rect", { x, y, width: wide, height: high }), words);
  }
}

// ---------------------------------------------------------------- circles and threshold

class Circles {
  constructor(panel, stage, found) {
    this.panel = panel;
    this.stage = stage;
    this.form = panel.dataset.form ? document.getElementById(panel.dataset.form) : null;
    this.field = this.form?.elements.namedItem("circles") ?? null;
    this.thresholdField = this.form?.elements.namedItem("threshold") ?? null;
    this.analyse = panel.querySelector("[data-analyse]");
    this.said = panel.querySelector("[data-said]");
    this.circles = found.map((row) => ({
      x: row.centre_x_pixel,
      y: row.centre_y_pixel,
      radius: row.radius_pixel,
      porosity: row.porosity,
    }));
    this.selected = -1;
    this.group = draw("g");
    stage.marks.prepend(this.group);
    if (!this.field) stage.marks.classList.add("fixed");
    this.preview = panel.querySelector("[data-preview]");
    this.pores = panel.querySelector("[data-pores]");
    this.changed = false;
    this.wireTools();
    if (this.thresholdField) this.wireThreshold();
    stage.whenResized.push(() => this.place());
    this.redraw();
    stage.resized();
  }

  wireTools() {
    const on = (name, event, react) => this.panel.querySelector(`[data-${name}]`)?.addEventListener(event, react);
    on("show-pores", "change", () => this.showPores());
    on("show-circles", "change", (event) => this.group.toggleAttribute("hidden", !event.target.checked));
    on("add", "click", () => this.add());
    on("find", "click", () => this.findAgain());
    this.analyse?.addEventListener("click", () => send(this.form));
  }

  wireThreshold() {
    const { black_level: black, white_level: white, grey_threshold: level } = this.stage.about;
    this.slider = this.panel.querySelector("[data-threshold]");
    this.automatic = this.panel.querySelector("[data-automatic]");
    this.output = this.panel.querySelector("[data-threshold-said]");
    const step = 10 ** Math.floor(Math.log10((white - black) / 100));
    this.digits = Math.max(0, -Math.round(Math.log10(step)));
    this.slider.step = step;
    this.slider.min = (Math.floor(Math.min(black, level) / step) * step).toFixed(this.digits);
    this.slider.max = (Math.ceil(Math.max(white, level) / step) * step).toFixed(this.digits);
    this.slider.value = level;
    this.automatic.checked = this.thresholdField.value === "";
    this.sayThreshold();
    this.slider.addEventListener("input", () => {
      this.automatic.checked = false;
      this.thresholdField.value = Number(this.slider.value).toFixed(this.digits);
      this.sayThreshold();
      this.touched();
    });
    this.automatic.addEventListener("change", () => {
      this.thresholdField.value = this.automatic.checked ? "" : Number(this.slider.value).toFixed(this.digits);
      if (this.automatic.checked) this.slider.value = level;
      this.sayThreshold();
      this.touched();
    });
    // Who types into the form moves the slider.
    this.thresholdField.addEventListener("input", () => {
      this.automatic.checked = this.thresholdField.value === "";
      this.slider.value = this.thresholdField.value === "" ? level : this.thresholdField.value;
      this.sayThreshold();
      this.touched();
    });
  }

  sayThreshold() {
    this.output.textContent = Number(this.slider.value).toFixed(this.digits);
  }

  // ------------------------------------------------------------ what is on the picture

  redraw() {
    this.group.replaceChildren(...this.circles.map((_, number) => this.mark(number)));
    const rows = this.panel.querySelector("[data-rows]");
    rows.replaceChildren(...this.circles.map((_, number) => this.row(number)));
    if (!this.circles.length) {
      const words = this.field ? "No particle is marked; add a circle." : "No particle is marked.";
      rows.append(make("tr", {}, make("td", { colSpan: 7, className: "quiet", textContent: words })));
    }
    this.place();
  }

  mark(number) {
    const mark = draw("g", { class: "mark" });
    mark.append(
      draw("circle", { class: "area" }),
      draw("circle", { class: "under" }),
      draw("circle", { class: "line" }),
      draw("text", { "text-anchor": "middle" }),
    );
    mark.querySelector("text").textContent = number + 1;
    if (!this.field) {
      mark.setAttribute("role", "img");
      return mark;
    }
    mark.append(draw("circle", { class: "handle" }));
    mark.setAttribute("role", "group");
    mark.setAttribute("aria-roledescription", "circle");
    mark.setAttribute("tabindex", "0");
    mark.addEventListener("focus", () => this.select(number));
    mark.addEventListener("keydown", (event) => this.pressed(event, number));
    mark.addEventListener("pointerdown", (event) => this.grab(event, number));
    return mark;
  }

  row(number) {
    const row = make("tr", {}, make("th", { scope: "row", textContent: number + 1 }));
    row.append(make("td", { className: "num porosity" }), make("td", { className: "num diameter" }));
    for (const [name, words] of [
      ["x", "x"],
      ["y", "y"],
      ["radius", "Radius"],
    ]) {
      const cell = make("td", { className: "num" });
      if (this.field) {
        const input = make("input", { type: "number", step: "0.1", name: "" });
        input.dataset.of = name;
        input.setAttribute("aria-label", `${words} of circle ${number + 1} in pixels`);
        input.addEventListener("focus", () => this.select(number));
        input.addEventListener("change", () => {
          if (Number.isFinite(input.valueAsNumber)) this.move(number, { [name]: input.valueAsNumber });
          else this.place();
        });
        cell.append(input);
      } else {
        cell.dataset.of = name;
      }
      row.append(cell);
    }
    if (this.field) {
      const remove = make("button", { type: "button", className: "button quiet small", textContent: "Remove" });
      remove.setAttribute("aria-label", `Remove circle ${number + 1}`);
      remove.addEventListener("click", () => this.remove(number));
      row.append(make("td", {}, remove));
    }
    return row;
  }

  // Put marks and numbers where the circles are.
  place() {
    const unit = this.stage.unit;
    const rows = this.panel.querySelectorAll("[data-rows] > tr");
    this.circles.forEach((circle, number) => {
      const mark = this.group.children[number];
      mark.classList.toggle("selected", number === this.selected);
      for (const ring of mark.querySelectorAll(".area, .under, .line")) {
        ring.setAttribute("cx", circle.x);
        ring.setAttribute("cy", circle.y);
        ring.setAttribute("r", circle.radius);
      }
      const words = mark.querySelector("text");
      words.setAttribute("x", circle.x);
      words.setAttribute("y", Math.max(circle.y - circle.radius + 18 * unit, 16 * unit));
      words.setAttribute("font-size", 14 * unit);
      words.toggleAttribute("hidden", this.circles.length < 2);
      const handle = mark.querySelector(".handle");
      if (handle) {
        handle.setAttribute("cx", Math.min(circle.x + circle.radius, this.stage.width - 8 * unit));
        handle.setAttribute("cy", circle.y);
        handle.setAttribute("r", 9 * unit);
      }
      const [x, y, radius] = [circle.x, circle.y, circle.radius].map((value) => value.toFixed(1));
      mark.setAttribute("aria-label", `Circle ${number + 1}: middle at ${x}, ${y}, radius ${radius} pixels`);
      const row = rows[number];
      row.classList.toggle("selected", number === this.selected);
      for (const [name, value] of Object.entries({ x, y, radius })) {
        const place = row.querySelector(`[data-of="${name}"]`);
        if (place.tagName === "INPUT") {
          if (document.activeElement !== place || this.held) place.value = value;
        } else {
          place.textContent = value;
        }
      }
      const nm = this.stage.about.pixel_size_nm;
      row.querySelector(".diameter").textContent = nm ? ((2 * circle.radius * nm) / 1000).toPrecision(4) : "–";
      row.querySelector(".porosity").textContent =
        circle.porosity == null ? "not yet" : (100 * circle.porosity).toPrecision(3);
    });
  }

  select(number) {
    this.selected = number;
    this.place();
  }

  // ------------------------------------------------------------ what a person does

  move(number, to) {
    const circle = this.circles[number];
    Object.assign(circle, to);
    circle.x = Math.min(Math.max(circle.x, 0), this.stage.width);
    circle.y = Math.min(Math.max(circle.y, 0), this.stage.height);
    const most = Math.hypot(this.stage.width, this.stage.height);
    circle.radius = Math.min(Math.max(circle.radius, SMALLEST_RADIUS), most);
    circle.porosity = null;
    this.write();
  }

  pressed(event, number) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const { x, y, radius } = this.circles[number];
    const to = {
      ArrowLeft: { x: x - step },
      ArrowRight: { x: x + step },
      ArrowUp: { y: y - step },
      ArrowDown: { y: y + step },
      "+": { radius: radius + STEP },
      "=": { radius: radius + STEP },
      "*": { radius: radius + LARGE_STEP },
      "-": { radius: radius - STEP },
      _: { radius: radius - LARGE_STEP },
      PageUp: { radius: radius + LARGE_STEP },
      PageDown: { radius: radius - LARGE_STEP },
    }[event.key];
    if (to) this.move(number, to);
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(number);
    else return;
    event.preventDefault();
  }

  grab(event, number) {
    if (event.button) return;
    const wasSelected = this.selected === number;
    const mark = this.group.children[number];
    mark.focus({ preventScroll: true });
    this.select(number);
    // The first touch chooses, so that a page can be scrolled over a picture.
    if (event.pointerType === "touch" && !wasSelected) return;
    event.preventDefault();
    const circle = this.circles[number];
    const [startX, startY] = this.stage.at(event);
    const resizing = event.target.classList.contains("handle");
    const before = { ...circle };
    mark.setPointerCapture(event.pointerId);
    mark.classList.add("held");
    this.held = true;
    const moved = (now) => {
      const [x, y] = this.stage.at(now);
      if (resizing) this.move(number, { radius: Math.max(SMALLEST_RADIUS, before.radius + x - startX) });
      else this.move(number, { x: before.x + x - startX, y: before.y + y - startY });
    };
    const done = () => {
      mark.classList.remove("held");
      this.held = false;
      mark.removeEventListener("pointermove", moved);
      mark.removeEventListener("pointerup", done);
      mark.removeEventListener("pointercancel", done);
    };
    mark.addEventListener("pointermove", moved);
    mark.addEventListener("pointerup", done);
    mark.addEventListener("pointercancel", done);
  }

  add() {
    const size = Math.min(this.stage.width, this.stage.height - (this.stage.about.databar_rows ?? 0));
    this.circles.push({ x: this.stage.width / 2, y: size / 2, radius: size / 4, porosity: null });
    this.redraw();
    this.write();
    this.group.lastElementChild.focus();
  }

  remove(number) {
    this.circles.splice(number, 1);
    this.selected = -1;
    this.redraw();
    this.write();
    const next = this.group.children[Math.min(number, this.circles.length - 1)];
    (next ?? this.panel.querySelector("[data-add]")).focus();
  }

  findAgain() {
    this.field.value = "";
    this.touched();
    send(this.form);
  }

  // ------------------------------------------------------------ to the form

  write() {
    const rounded = (value) => Math.round(value * 10) / 10;
    this.field.value = this.circles.length
      ? JSON.stringify(this.circles.map(({ x, y, radius }) => [rounded(x), rounded(y), rounded(radius)]))
      : "";
    this.place();
    this.touched();
  }

  touched() {
    this.changed = true;
    if (this.analyse) this.analyse.disabled = false;
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.drawPreview());
  }

  showPores() {
    const shown = this.panel.querySelector("[data-show-pores]").checked;
    this.pores?.toggleAttribute("hidden", !shown || this.changed);
    this.preview.toggleAttribute("hidden", !shown || !this.changed);
  }

  // Pores by the view's grey levels: what the threshold does while it is moved.
  drawPreview() {
    const box = this.panel.querySelector("[data-show-pores]");
    box.disabled = false;
    this.showPores();
    const { about, picture } = this.stage;
    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
    if (!this.grey) {
      const canvas = make("canvas", { width, height });
      const context = canvas.getContext("2d", { willReadFrequently: true });
      context.drawImage(picture, 0, 0);
      const levels = context.getImageData(0, 0, width, height).data;
      this.grey = new Uint8Array(width * height);
      for (let at = 0; at < this.grey.length; at += 1) this.grey[at] = levels[4 * at];
      Object.assign(this.preview, { width, height });
    }
    const context = this.preview.getContext("2d");
    const image = context.createImageData(width, height);
    const level = ((Number(this.slider.value) - about.black_level) / (about.white_level - about.black_level)) * 255;
    const bottom = Math.floor((about.height_pixel - about.databar_rows) / about.factor);
    let [inside, dark] = [0, 0];
    for (const circle of this.circles) {
      const [cx, cy, r] = [circle.x, circle.y, circle.radius].map((value) => value / about.factor);
      const last = Math.min(height, bottom, Math.ceil(cy + r));
      for (let row = Math.max(0, Math.floor(cy - r)); row < last; row += 1) {
        const half = Math.sqrt(Math.max(0, r * r - (row + 0.5 - cy) ** 2));
        const from = Math.max(0, Math.ceil(cx - half - 0.5));
        const to = Math.min(width - 1, Math.floor(cx + half - 0.5));
        for (let column = from; column <= to; column += 1) {
          inside += 1;
          if (this.grey[row * width + column] <= level) {
            dark += 1;
            image.data.set(PORE, 4 * (row * width + column));
          }
        }
      }
    }
    context.putImageData(image, 0, 0);
    this.said.textContent = inside
      ? `Preview: about ${((100 * dark) / inside).toPrecision(3)} % of the circles is at or below the threshold.` +
        (this.automatic.checked ? " The automatic threshold may change with the circles." : "")
      : "";
  }
}

// ---------------------------------------------------------------- lines and values

class Values {
  constructor(panel, stage, found) {
    this.panel = panel;
    this.stage = stage;
    this.form = panel.dataset.form ? document.getElementById(panel.dataset.form) : null;
    this.field = this.form?.elements.namedItem("values") ?? null;
    this.analyse = panel.querySelector("[data-analyse]");
    this.values = found.map((row) => ({
      quantity: row.quantity,
      value: row.value,
      note: row.note ?? "",
      line: row.x1_pixel == null ? null : [row.x1_pixel, row.y1_pixel, row.x2_pixel, row.y2_pixel],
    }));
    this.choices = panel.querySelector("[data-quantities]").content.querySelector("select");
    this.group = draw("g");
    stage.marks.prepend(this.group);
    const on = (name, event, react) => panel.querySelector(`[data-${name}]`)?.addEventListener(event, react);
    on("show-lines", "change", (event) => this.group.toggleAttribute("hidden", !event.target.checked));
    on("add-line", "click", () => this.add(true));
    on("add-value", "click", () => this.add(false));
    this.analyse?.addEventListener("click", () => send(this.form));
    stage.whenResized.push(() => this.place());
    this.redraw();
    stage.resized();
  }

  redraw() {
    this.group.replaceChildren(...this.values.map((value, number) => this.mark(value, number)));
    const rows = this.panel.querySelector("[data-rows]");
    rows.replaceChildren(...this.values.map((value, number) => this.row(value, number)));
    if (!this.values.length) {
      rows.append(make("tr", {}, make("td", { colSpan: 5, className: "quiet", textContent: "No value is measured yet." })));
    }
    this.place();
  }

  mark(value, number) {
    const mark = draw("g", { class: "mark line-mark" });
    if (!value.line) return mark;
    mark.append(draw("line", { class: "under" }), draw("line", { class: "line" }), draw("text"));
    mark.querySelector("text").textContent = number + 1;
    if (!this.field) {
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", `Line of value ${number + 1}`);
      return mark;
    }
    for (const end of [0, 1]) {
      const handle = draw("circle", { class: "handle end", tabindex: "0", role: "group", "aria-roledescription": "end of a line" });
      handle.addEventListener("keydown", (event) => this.pressed(event, number, end));
      handle.addEventListener("pointerdown", (event) => this.grab(event, number, end));
      mark.append(handle);
    }
    return mark;
  }

  row(value, number) {
    const row = make("tr", {}, make("th", { scope: "row", textContent: number + 1 }));
    if (!this.field) {
      const what = make("td", { textContent: this.words(value.quantity) });
      const amount = make("td", { className: "num", textContent: Number(value.value.toPrecision(4)) });
      row.append(what, amount, make("td", { textContent: value.note }));
      return row;
    }
    const select = this.choices.cloneNode(true);
    select.setAttribute("aria-label", `What value ${number + 1} is`);
    select.value = value.quantity;
    const amount = make("input", { type: "number", step: "any", min: "0" });
    amount.setAttribute("aria-label", `Value ${number + 1} in nm`);
    const note = make("input", { type: "text", maxLength: 200, value: value.note });
    note.setAttribute("aria-label", `Note to value ${number + 1}`);
    const remove = make("button", { type: "button", className: "button quiet small", textContent: "Remove" });
    remove.setAttribute("aria-label", `Remove value ${number + 1}`);
    select.addEventListener("change", () => this.told(value, { quantity: select.value }));
    amount.addEventListener("input", () =>
      this.told(value, { value: Number.isFinite(amount.valueAsNumber) ? amount.valueAsNumber : null }),
    );
    note.addEventListener("input", () => this.told(value, { note: note.value }));
    remove.addEventListener("click", () => this.remove(number));
    row.append(make("td", {}, select), make("td", { className: "num" }, amount), make("td", {}, note), make("td", {}, remove));
    return row;
  }

  place() {
    const unit = this.stage.unit;
    const rows = this.panel.querySelectorAll("[data-rows] > tr");
    this.values.forEach((value, number) => {
      const amount = rows[number].querySelector("input[type=number]");
      if (amount && document.activeElement !== amount) amount.value = value.value ?? "";
      if (!value.line) return;
      const mark = this.group.children[number];
      const [x1, y1, x2, y2] = value.line;
      for (const line of mark.querySelectorAll("line")) {
        for (const [name, at] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, at);
      }
      const words = mark.querySelector("text");
      words.setAttribute("x", (x1 + x2) / 2 + 8 * unit);
      words.setAttribute("y", (y1 + y2) / 2 - 8 * unit);
      words.setAttribute("font-size", 14 * unit);
      mark.querySelectorAll(".end").forEach((handle, end) => {
        const [x, y] = [value.line[2 * end], value.line[2 * end + 1]];
        handle.setAttribute("cx", x);
        handle.setAttribute("cy", y);
        handle.setAttribute("r", 7 * unit);
        const words = `${end ? "Second" : "First"} end of line ${number + 1} at ${x.toFixed(1)}, ${y.toFixed(1)} pixels`;
        handle.setAttribute("aria-label", words);
      });
    });
  }

  words(quantity) {
    return [...this.choices.options].find((option) => option.value === quantity)?.text ?? quantity;
  }

  told(value, what) {
    Object.assign(value, what);
    this.write();
  }

  moveEnd(number, end, x, y) {
    const value = this.values[number];
    value.line[2 * end] = Math.min(Math.max(x, 0), this.stage.width);
    value.line[2 * end + 1] = Math.min(Math.max(y, 0), this.stage.height);
    this.measure(value);
    this.write();
  }

  // The value is the length of its line.
  measure(value) {
    const nm = this.stage.about.pixel_size_nm;
    const [x1, y1, x2, y2] = value.line;
    if (nm) value.value = Number((Math.hypot(x2 - x1, y2 - y1) * nm).toPrecision(4));
  }

  pressed(event, number, end) {
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { line } = this.values[number];
    this.moveEnd(number, end, line[2 * end] + by[0], line[2 * end + 1] + by[1]);
  }

  grab(event, number, end) {
    if (event.button) return;
    event.preventDefault();
    const handle = event.currentTarget;
    handle.focus({ preventScroll: true });
    handle.setPointerCapture(event.pointerId);
    const moved = (now) => this.moveEnd(number, end, ...this.stage.at(now));
    const done = () => {
      handle.removeEventListener("pointermove", moved);
      handle.removeEventListener("pointerup", done);
      handle.removeEventListener("pointercancel", done);
    };
    handle.addEventListener("pointermove", moved);
    handle.addEventListener("pointerup", done);
    handle.addEventListener("pointercancel", done);
  }

  add(line) {
    const last = this.values.at(-1);
    const value = { quantity: last?.quantity ?? this.choices.value, value: null, note: "", line: null };
    if (line) {
      const [x, y] = [this.stage.width / 2, this.stage.height / 2];
      value.line = [x, y - this.stage.height / 8, x, y + this.stage.height / 8];
      this.measure(value);
    }
    this.values.push(value);
    this.redraw();
    this.write();
    if (line) this.group.lastElementChild.querySelector(".end").focus();
    else this.panel.querySelector("[data-rows] > tr:last-child input").focus();
  }

  remove(number) {
    this.values.splice(number, 1);
    this.redraw();
    this.write();
    this.panel.querySelector("[data-add-line]").focus();
  }

  write() {
    const rounded = (at) => Math.round(at * 10) / 10;
    const said = this.values.map(({ quantity, value, line, note }) => ({
      quantity,
      value,
      ...(line ? { line: line.map(rounded) } : {}),
      ...(note ? { note } : {}),
    }));
    this.field.value = said.length ? JSON.stringify(said) : "";
    this.analyse.disabled = this.values.some(({ value }) => !(value > 0));
    this.place();
  }
}

// ---------------------------------------------------------------- a panel

async function loaded(image) {
  if (!image.complete) await new Promise((done) => image.addEventListener("load", done, { once: true }));
}

async function start(panel) {
  const [[about]] = await Promise.all([table(panel.dataset.viewTable), loaded(panel.querySelector("img.view"))]);
  const stage = new Stage(panel, about);
  if (panel.dataset.kind === "circles") new Circles(panel, stage, await table(panel.dataset.circlesTable));
  if (panel.dataset.kind === "values") new Values(panel, stage, await table(panel.dataset.valuesTable));
  panel.dataset.ready = "";
}

for (const panel of document.querySelectorAll("[data-micrograph]")) start(panel);
