// The form of a cell: the fields of its format, and what follows from what is typed. The server computes (`data-preview`); nothing is stored.
const form = document.getElementById("cell-form");
const format = form.querySelector("[data-format]");
const reference = form.elements.namedItem("reference_electrode");
const anode = form.elements.namedItem("anode");
// What a format usually has, as long as nobody chose something else.
const usual = {
  coin_half: ["Li/Li+", "lithium"],
  coin_full: ["none", "graphite"],
  pouch_full: ["none", "graphite"],
  solid_state: ["Li-In", "lithium_indium"],
};
let before = format.value;
let turn = 0;
let wait;

function showFields() {
  for (const place of form.querySelectorAll("[data-formats]")) {
    place.hidden = !place.dataset.formats.split(" ").includes(format.value);
  }
}

function suggest() {
  const [oldReference, oldAnode] = usual[before] ?? [];
  const [newReference, newAnode] = usual[format.value] ?? [];
  if (newReference && reference.value === (oldReference ?? reference.value)) reference.value = newReference;
  if (newAnode && (anode.value === "" || anode.value === oldAnode)) anode.value = newAnode;
  before = format.value;
}

async function compute() {
  const place = form.querySelector("[data-computed]");
  if (!place) return;
  const mine = ++turn;
  const response = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (response.ok && mine === turn) place.innerHTML = await response.text();
}

format.addEventListener("change", () => {
  suggest();
  showFields();
});
for (const event of ["input", "change"]) {
  form.addEventListener(event, () => {
    clearTimeout(wait);
    wait = setTimeout(compute, 300);
  });
}
showFields();
