// A grid of fields: a column, or several, pasted from a spreadsheet spreads over the rows below; Enter goes down.

for (const body of document.querySelectorAll("[data-grid] tbody")) {
  const place = (input) => {
    const cell = input.closest("td");
    return [[...body.rows].indexOf(cell.parentElement), [...cell.parentElement.cells].indexOf(cell)];
  };
  const at = (row, column) => body.rows[row]?.cells[column]?.querySelector("input");

  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\n\t]/.test(text)) return;
    event.preventDefault();
    const [first, left] = place(event.target);
    text.split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const input = at(first + down, left + right);
        if (input) input.value = value.trim();
      });
    });
    event.target.dispatchEvent(new Event("input", { bubbles: true })); // the numbers are computed anew
  });

  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    const [row, column] = place(event.target);
    const below = at(row + 1, column);
    if (!below) return;
    event.preventDefault();
    below.focus();
    below.select();
  });
}
