// Upload without leaving the page: files, or folders with all that is in them. One request a file, one after the other
// in the order in which a person counts (a test that goes on in a second file needs that order), each with a bar and its
// answer in place; what could not be sent can be sent again. Without this script the form sends all files at once and
// shows the same answers on a new page.
const form = document.querySelector(".upload-form");

// The words and looks of what becomes of a file, as `chip` of templatetags/ui.py draws them.
const VERDICTS = {
  filed: ["filed", "good check"],
  inbox: ["in the inbox", "warn triangle"],
  known: ["known already", "idle diamond"],
  refused: ["refused", "bad cross"],
  unsent: ["not sent", "bad cross"],
};
// From so many files on a line is short, and none asks by itself how far its analysis is.
const MANY = 10;

if (form) {
  const drop = form.querySelector(".drop");
  const list = form.querySelector("#uploads");
  const leftBySystems = new Set(drop.dataset.leftBySystems.split(" "));
  const queue = [];
  let busy = false;

  drop.classList.add("scripted");
  form.querySelector("#files").required = false;
  for (const note of form.querySelectorAll(".only-script")) note.hidden = false;
  form.querySelector(".only-plain").hidden = true;

  for (const input of form.querySelectorAll("#files, #folder")) {
    input.addEventListener("change", () => {
      add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      input.value = "";
    });
  }
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    // Both are only there while the event is handled, so they are taken before anything is waited for.
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files].map((file) => ({ file, path: file.name }));
    if (!entries.some((entry) => entry.isDirectory)) add(plain);
    else add((await Promise.all(entries.map(below))).flat());
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });

  // Every file of what was dropped, with its path; one that cannot be read has a reason in the place of the file.
  async function below(entry) {
    const path = entry.fullPath.replace(/^\//, "");
    try {
      if (entry.isFile) return [{ file: await new Promise((found, failed) => entry.file(found, failed)), path }];
      const reader = entry.createReader();
      const inside = [];
      for (;;) {
        // A browser hands the entries of a folder out by the hundred.
        const some = await new Promise((found, failed) => reader.readEntries(found, failed));
        if (some.length === 0) break;
        inside.push(...some);
      }
      return (await Promise.all(inside.map(below))).flat();
    } catch (error) {
      return [{ file: null, path, reason: error.message }];
    }
  }

  // Hidden files, and what systems leave in folders: the rule of labdb/ingest/folder.py.
  function passedOver(path) {
    const parts = path.split("/").slice(path.includes("/") ? 1 : 0);
    return parts.some((part) => /^(\.|~\$)/.test(part) || leftBySystems.has(part.toLowerCase()));
  }

  function add(found) {
    if (!form.reportValidity()) return;
    found.sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
    const passed = found.filter(({ path }) => path.includes("/") && passedOver(path));
    const wanted = found.filter((one) => !passed.includes(one));
    const group = groupOf(wanted, passed);
    list.prepend(group.element);
    queue.push(...group.items);
    show(group);
    next();
  }

  // What the form says when the files are chosen is what holds for them, also if it is changed while they wait.
  function fieldsNow() {
    const data = new FormData(form);
    data.delete("files");
    return [...data.entries()];
  }

  function groupOf(wanted, passed) {
    const element = document.createElement("section");
    const many = wanted.length >= MANY;
    element.className = many ? "upload-group many" : "upload-group";
    element.innerHTML =
      '<div class="upload-summary"><div class="progress"><progress max="1" value="0" aria-label="All files"></progress></div><div class="row verdicts" role="group" aria-label="Show only"><strong class="far"></strong></div><p class="visually-hidden" role="status"></p></div><div class="upload-lines"></div>';
    const group = { element, many, fields: fieldsNow(), items: [], passed: passed.length };
    const lines = element.querySelector(".upload-lines");
    for (const one of wanted) {
      const item = { ...one, group, line: lineOf(one), verdict: "" };
      lines.append(item.line);
      group.items.push(item);
    }
    element.querySelector(".upload-summary").hidden = wanted.length < 2 && passed.length === 0;
    if (wanted.length === 1) element.setAttribute("aria-live", "polite");
    if (passed.length) element.append(passedList(passed));
    return group;
  }

  function passedList(passed) {
    const details = document.createElement("details");
    details.className = "passed-over small";
    const summary = document.createElement("summary");
    summary.textContent = `${passed.length} passed over: hidden, or left by the system`;
    const names = document.createElement("ul");
    for (const { path } of passed) {
      const name = document.createElement("li");
      name.textContent = path;
      names.append(name);
    }
    details.append(summary, names);
    return details;
  }

  function lineOf({ file, path }) {
    const line = document.createElement("div");
    line.className = "upload";
    const waits = document.createElement("div");
    waits.className = "progress";
    waits.innerHTML = '<progress max="1" value="0"></progress><span class="doing">waits</span>';
    waits.querySelector("progress").setAttribute("aria-label", `Upload of ${path}`);
    const size = document.createElement("div");
    size.className = "size";
    size.textContent = file ? sizeText(file.size) : "";
    line.append(nameOf(path), size, waits);
    return line;
  }

  function nameOf(path) {
    const name = document.createElement("div");
    name.className = "name";
    const at = path.lastIndexOf("/") + 1;
    if (at) {
      const folder = document.createElement("span");
      folder.className = "quiet";
      folder.textContent = path.slice(0, at);
      name.append(folder);
    }
    name.append(path.slice(at));
    return name;
  }

  function sizeText(bytes) {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    while (bytes >= 999.5 && unit < units.length - 1) {
      bytes /= 1000;
      unit += 1;
    }
    return `${unit ? bytes.toPrecision(3) : bytes} ${units[unit]}`;
  }

  // How far a group is, and how many files each verdict has; a verdict shows its files alone.
  function show(group) {
    const { element, items } = group;
    const done = items.filter((item) => item.verdict).length;
    const bar = element.querySelector("progress");
    const finished = done === items.length;
    bar.value = items.length ? done / items.length : 1;
    bar.parentElement.hidden = finished;
    const noun = items.length === 1 ? "file" : "files";
    element.querySelector(".far").textContent = finished
      ? items.length ? `${items.length} ${noun}` : "No files to upload"
      : `${done} of ${items.length} ${noun}`;
    const row = element.querySelector(".verdicts");
    const told = [];
    for (const [verdict, [words, look]] of Object.entries(VERDICTS)) {
      const count = items.filter((item) => item.verdict === verdict).length;
      let button = row.querySelector(`[data-show="${verdict}"]`);
      if (!count) {
        if (button?.getAttribute("aria-pressed") === "true") press(group, button);
        button?.remove();
        continue;
      }
      if (!button) {
        button = document.createElement("button");
        button.type = "button";
        button.className = "verdict";
        button.dataset.show = verdict;
        button.setAttribute("aria-pressed", "false");
        button.innerHTML = `<span class="chip ${look}"></span>`;
        button.addEventListener("click", () => press(group, button));
        row.append(button);
      }
      button.firstChild.textContent = `${count} ${words}`;
      told.push(`${count} ${words}`);
    }
    const again = row.querySelector(".send-again");
    const unsent = items.filter((item) => item.verdict === "unsent" && item.file);
    again?.remove();
    if (finished && unsent.length) row.append(sendAgain(group, unsent));
    if (finished && items.length > 1) {
      if (group.passed) told.push(`${group.passed} passed over`);
      element.querySelector('[role="status"]').textContent = `${items.length} files: ${told.join(", ")}.`;
    }
    filter(group);
  }

  function press(group, button) {
    const on = button.getAttribute("aria-pressed") === "true";
    for (const other of group.element.querySelectorAll(".verdict")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(!on));
    filter(group);
  }

  function filter(group) {
    const only = group.element.querySelector('.verdict[aria-pressed="true"]')?.dataset.show;
    for (const item of group.items) item.line.hidden = Boolean(only) && item.verdict !== only;
  }

  function sendAgain(group, unsent) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small send-again";
    button.textContent = unsent.length === 1 ? "Send it again" : `Send the ${unsent.length} again`;
    button.addEventListener("click", () => {
      group.fields = fieldsNow(); // a new log-in has a new token
      for (const item of unsent) {
        item.verdict = "";
        const line = lineOf(item);
        item.line.replaceWith(line);
        item.line = line;
        queue.push(item);
      }
      show(group);
      next();
    });
    return button;
  }

  function next() {
    if (busy || queue.length === 0) return;
    const item = queue.shift();
    if (!item.file) {
      refuse(item, "unsent", `${item.path} could not be read (${item.reason}).`);
    } else if (item.file.size > Number(form.dataset.limit)) {
      refuse(item, "refused", `${item.file.name} is larger than the ${form.dataset.limitText} that this labdb takes. Split the export, or ask whoever keeps this labdb for a higher limit.`);
    } else {
      busy = true;
      send(item);
      return;
    }
    next();
  }

  function send(item) {
    const { file, line, path, group } = item;
    const fields = new FormData();
    for (const [name, value] of group.fields) fields.append(name, value);
    if (path.includes("/")) fields.append("folder", path.slice(0, path.lastIndexOf("/")));
    fields.append("files", file, file.name);
    const bar = line.querySelector("progress");
    const doing = line.querySelector(".doing");
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("X-Labdb-Piece", group.many ? "many" : "1");
    request.setRequestHeader("X-CSRFToken", fields.get("csrfmiddlewaretoken"));
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      doing.textContent =
        event.loaded < event.total
          ? `sending ${sizeText(event.loaded)} of ${sizeText(event.total)}`
          : "sent, being looked at";
    });
    request.addEventListener("load", () => {
      const ours = request.status === 200 || request.status === 413;
      if (ours && !new URL(request.responseURL).pathname.endsWith("/login")) answer(item, request);
      else if (request.responseURL.includes("/login")) refuse(item, "unsent", "You were logged out. Log in again, then choose the file again.");
      else refuse(item, "unsent", `The server answered with an error (${request.status}). ${file.name} may not be kept; try again.`);
      done();
    });
    request.addEventListener("error", () => {
      refuse(item, "unsent", `The connection was lost before ${file.name} was kept, or the file cannot be read any more. Try again.`);
      done();
    });
    request.send(fields);
  }

  function answer(item, request) {
    if (request.status === 413) {
      refuse(item, "refused", "Larger than this labdb takes.");
      return;
    }
    item.line.innerHTML = request.responseText;
    item.verdict = item.line.querySelector("[data-verdict]")?.dataset.verdict ?? "unsent";
    htmx.process(item.line);
    show(item.group);
  }

  function refuse(item, verdict, sentence) {
    item.line.querySelector(".progress")?.remove();
    const [words, look] = VERDICTS[verdict];
    const said = document.createElement("div");
    said.className = "said";
    const chip = document.createElement("span");
    chip.className = `chip ${look}`;
    chip.textContent = words;
    said.append(chip, ` ${sentence}`);
    item.line.append(said);
    item.verdict = verdict;
    show(item.group);
  }

  function done() {
    busy = false;
    next();
  }
}
