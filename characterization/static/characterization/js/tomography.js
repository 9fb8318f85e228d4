// A sphere for the pores of a stack: four fields, or clicks on the sections, write the hidden choice of the form.

const axes = { xy: [0, 1], xz: [0, 2], yz: [1, 2] };

function begin() {
  const box = document.querySelector("[data-sphere]");
  const kept = document.querySelector("#choices [name=sphere]");
  const sections = document.querySelector("[data-sections]");
  if (!box || !kept || !sections || box.dataset.ready) return;
  box.dataset.ready = "yes";
  box.hidden = false;

  const { slices, height, width } = sections.dataset;
  const ends = [Number(width), Number(height), Number(slices)];
  const fields = [...box.querySelectorAll("[data-axis]")];
  const told = box.querySelector("[data-told]");
  const first = kept.value ? JSON.parse(kept.value) : [];
  fields.forEach((field, axis) => (field.value = first[axis] ?? ""));
  box.open = first.length > 0;

  function keep() {
    const values = fields.map((field) => (field.value === "" ? null : Number(field.value)));
    const whole = values.every((value) => Number.isFinite(value)) && values[3] > 0;
    const none = values.every((value) => value === null);
    kept.value = whole ? JSON.stringify(values) : "";
    told.textContent = whole
      ? "Set."
      : none
        ? "No sphere."
        : "All four are needed, and a radius above 0.";
  }

  function choosing() {
    sections.classList.toggle("choosing", box.open);
  }

  box.addEventListener("toggle", choosing);
  box.addEventListener("input", keep);
  choosing();

  sections.addEventListener("click", (event) => {
    const picture = event.target.closest("[data-section]");
    if (!picture || !box.open || !ends.every((end) => end > 0)) return;
    // The picture stands at the left top of its frame, whatever its proportions.
    const scale = Math.min(picture.clientWidth / picture.naturalWidth, picture.clientHeight / picture.naturalHeight);
    const shares = [
      event.offsetX / (picture.naturalWidth * scale),
      event.offsetY / (picture.naturalHeight * scale),
    ];
    if (shares.some((share) => share > 1)) return;
    axes[picture.dataset.section].forEach((axis, number) => {
      fields[axis].value = Math.floor(shares[number] * ends[axis]); // the voxel that was hit
    });
    keep();
  });
}

begin();
document.addEventListener("htmx:afterSwap", begin);
