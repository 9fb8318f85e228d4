// Ticking rows of a table shows its bar of actions. The form around the table carries `data-rows`; its checkboxes
// are named "id", the one in the head has `data-tick-all`, the bar is `.action-bar[hidden]` with `.ticked` for the
// count. A button of the bar with `data-most` or `data-least` is only enabled for so many rows.
function show(form) {
  const boxes = [...form.querySelectorAll('tbody input[name="id"]')];
  const count = boxes.filter((box) => box.checked).length;
  const bar = form.querySelector(".action-bar");
  const all = form.querySelector("[data-tick-all]");
  if (all) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
  if (!bar) return;
  bar.hidden = count === 0;
  const noun = count === 1 ? form.dataset.one : form.dataset.many;
  bar.querySelector(".ticked").textContent = `${count} ${noun ?? "ticked"}`;
  for (const button of bar.querySelectorAll("[data-most], [data-least]")) {
    button.disabled = count > Number(button.dataset.most ?? Infinity) || count < Number(button.dataset.least ?? 1);
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-rows]");
  if (!form) return;
  if (event.target.matches("[data-tick-all]")) {
    for (const box of form.querySelectorAll('tbody input[name="id"]')) box.checked = event.target.checked;
  }
  show(form);
});

// Shift-click ticks the rows in between.
let last = null;
document.addEventListener("click", (event) => {
  const box = event.target.closest('form[data-rows] tbody input[name="id"]');
  if (!box) return;
  if (event.shiftKey && last && last.form === box.form) {
    const boxes = [...box.form.querySelectorAll('tbody input[name="id"]')];
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    show(box.form);
  }
  last = box;
});

document.addEventListener("click", (event) => {
  const clear = event.target.closest("[data-untick]");
  if (!clear) return;
  const form = clear.closest("form[data-rows]");
  for (const box of form.querySelectorAll('tbody input[name="id"]')) box.checked = false;
  show(form);
});

// A page that comes back from the history keeps its ticks.
for (const form of document.querySelectorAll("form[data-rows]")) show(form);
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-rows]")) show(form);
});
