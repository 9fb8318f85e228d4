// The form of a recipe version, or of the process of a batch, computed while one types: masses, Li/TM, the steps in words, the programmes, and a
// sentence at each field that does not add up. The server computes all of it (`data-preview`); nothing is stored.
import { sayAt } from "labdb/fields";

const form = document.getElementById("version-form");
const composition = document.getElementById("id_composition");
let suggested = composition?.value; // a batch has a process and no composition of its own
let turn = 0;
let wait;
const said = new Set(); // names of the fields that this script said something at

function put(id, text) {
  const place = document.getElementById(id);
  if (place && place.textContent !== text) place.textContent = text;
}

function grams(value) {
  const size = Math.abs(value);
  return value.toFixed(size < 1 ? 4 : size < 10 ? 3 : size < 1000 ? 2 : 1);
}

function fieldOf(name) {
  return name === "composition" ? composition : form.elements.namedItem(name);
}

// A step or segment as a whole has a place of its own.
function say(name, sentence) {
  const whole = name.endsWith("-kind") ? document.getElementById(`${name}_error`) : null;
  if (whole) {
    whole.hidden = !sentence;
    whole.querySelector("p").textContent = sentence;
    return;
  }
  const field = fieldOf(name);
  if (field) sayAt(field, sentence);
}

function show(told) {
  for (const name of said) if (!(name in told.errors)) say(name, "");
  said.clear();
  for (const [name, sentence] of Object.entries(told.errors)) {
    say(name, sentence);
    said.add(name);
  }
  for (const line of form.querySelectorAll("[data-component]")) {
    const row = told.components[line.dataset.component];
    const mass = row?.mass_g === undefined ? "" : `: ${grams(row.mass_g)} g`;
    put(`component-${line.dataset.component}-mass`, row ? `${row.molar_mass_g_per_mol.toPrecision(6)} g/mol${mass}` : "–");
  }
  put("components-error", told.components_error);
  put("lithium-to-metals", told.lithium_to_metals === null ? "–" : String(Number(told.lithium_to_metals.toFixed(4))));
  for (const [number, step] of Object.entries(told.steps)) {
    put(`step-${number}-words`, step.words);
    const segments = document.getElementById(`step-${number}-segments`);
    if (segments && step.segments !== segments.value) {
      segments.value = step.segments;
      segments.dispatchEvent(new Event("change", { bubbles: true })); // figure.js draws it again
    }
  }
  // The precursor says what the product is, as long as nobody wrote something else.
  if (composition && told.suggested_composition && (composition.value === "" || composition.value === suggested) && composition.value !== told.suggested_composition) {
    suggested = composition.value = told.suggested_composition;
    compute();
  }
}

async function compute() {
  const mine = ++turn;
  const data = new FormData(form);
  const response = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(data) });
  if (response.ok && mine === turn) show(await response.json());
}

function soon(event) {
  if (event.target.matches("[data-parameter]")) return;
  // What is being typed is not wrong yet: its old sentence goes at once, the new one comes with the answer.
  clearTimeout(wait);
  wait = setTimeout(compute, 300);
}

form.addEventListener("input", soon);
form.addEventListener("change", soon);
// After rows were added, moved or removed, and after the first paint of a form that came back with errors.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "editor" && event.target.id !== "editor") return;
  said.clear();
  compute();
});
