// Upload without leaving the page: one request a file, one after the other in the order of their names (a test that
// goes on in a second file needs that order), each with a bar and its answer in place. Without this script the form
// sends all files at once and shows the same answers on a new page.
const form = document.querySelector(".upload-form");

if (form) {
  const drop = form.querySelector(".drop");
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector("#uploads");
  const queue = [];
  let busy = false;

  drop.classList.add("scripted");
  input.required = false;
  for (const note of form.querySelectorAll(".only-script")) note.hidden = false;
  form.querySelector(".only-plain").hidden = true;

  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });

  function add(files) {
    if (!form.reportValidity()) return;
    files.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    for (const file of files) queue.push({ file, line: lineOf(file), fields: fieldsNow() });
    next();
  }

  // What the form says when the files are chosen is what holds for them, also if it is changed while they wait.
  function fieldsNow() {
    const data = new FormData(form);
    data.delete("files");
    return data;
  }

  function lineOf(file) {
    const line = document.createElement("div");
    line.className = "upload";
    line.innerHTML = '<div class="name"></div><div class="size"></div><div class="progress"><progress max="1" value="0"></progress><span class="doing">waits</span></div>';
    line.querySelector(".name").textContent = file.name;
    line.querySelector(".size").textContent = sizeText(file.size);
    line.querySelector("progress").setAttribute("aria-label", `Upload of ${file.name}`);
    list.prepend(line);
    return line;
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

  function next() {
    if (busy || queue.length === 0) return;
    const { file, line, fields } = queue.shift();
    if (file.size > Number(form.dataset.limit)) {
      refuse(line, `${file.name} is larger than the ${form.dataset.limitText} that this labdb takes. Split the export, or ask whoever keeps this labdb for a higher limit.`);
      next();
      return;
    }
    busy = true;
    fields.append("files", file);
    send(file, line, fields);
  }

  function send(file, line, fields) {
    const bar = line.querySelector("progress");
    const doing = line.querySelector(".doing");
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("X-Labdb-Piece", "1");
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
      if (ours && !new URL(request.responseURL).pathname.endsWith("/login")) answer(line, request);
      else if (request.responseURL.includes("/login")) refuse(line, "You were logged out. Log in again, then choose the file again.");
      else refuse(line, `The server answered with an error (${request.status}). ${file.name} may not be kept; try again.`);
      done();
    });
    request.addEventListener("error", () => {
      refuse(line, `The connection was lost before ${file.name} was kept. Try again.`);
      done();
    });
    request.send(fields);
  }

  function answer(line, request) {
    if (request.status === 413) {
      refuse(line, "Larger than this labdb takes.");
      return;
    }
    line.innerHTML = request.responseText;
    htmx.process(line);
  }

  function refuse(line, sentence) {
    line.querySelector(".progress")?.remove();
    const said = document.createElement("div");
    said.className = "said";
    const chip = document.createElement("span");
    chip.className = "chip bad cross";
    chip.textContent = "refused";
    said.append(chip, ` ${sentence}`);
    line.append(said);
  }

  function done() {
    busy = false;
    next();
  }
}
