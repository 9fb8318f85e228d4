// The nominal capacity, computed while one types.
const mass = document.getElementById("id_active_mass_mg");
const oneC = document.getElementById("id_nominal_specific_capacity_mah_per_g");
const output = document.getElementById("nominal-capacity");

function compute() {
  const [milligrams, perGram] = [mass.valueAsNumber, oneC.valueAsNumber];
  const known = milligrams > 0 && perGram > 0;
  output.textContent = known ? `${((milligrams / 1000) * perGram).toPrecision(4)} mAh` : "–";
}

for (const field of [mass, oneC]) field.addEventListener("input", compute);
compute();
