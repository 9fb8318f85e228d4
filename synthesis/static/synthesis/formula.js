// The molar mass, computed while one types a formula; what is no formula is said at the field, as on saving.
import { sayAt } from "labdb/fields";

const field = document.getElementById("id_formula");
const output = document.getElementById("molar-mass");
let turn = 0;
let wait;

async function compute() {
  const text = field.value.trim();
  const mine = ++turn;
  if (!text) {
    output.textContent = "–";
    sayAt(field, "");
    return;
  }
  const response = await fetch(`${output.dataset.formula}?${new URLSearchParams({ text })}`);
  if (!response.ok || mine !== turn) return;
  const found = await response.json();
  sayAt(field, found.error ?? "");
  if (found.error) {
    output.textContent = "–";
    return;
  }
  const metals = Object.entries(found.metals).map(([metal, share]) => `${metal} ${Number(share.toPrecision(3))}`);
  const more = [found.formula, found.water ? `${Number(found.water.toPrecision(3))} H2O of hydrate` : "", metals.join(", ")];
  output.textContent = `${found.molar_mass_g_per_mol.toFixed(3)} g/mol (${more.filter(Boolean).join("; ")})`;
}

field.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(compute, 250);
});
compute();
