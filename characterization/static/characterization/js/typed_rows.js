// Rows of typed values: one more when asked for, and a column pasted from a spreadsheet spreads over the rows below.

for (const form of document.querySelectorAll("[data-typed-rows]")) {
  const body = form.querySelector("tbody");
  const count = form.querySelector("[name=rows]");
  const button = form.querySelector("[data-add-row]");
  const most = 60;

  function addRow() {
    const rows = body.rows.length;
    if (rows >= most) return null;
    const row = body.rows[rows - 1].cloneNode(true);
    row.cells[0].textContent = rows + 1;
    for (const input of row.querySelectorAll("input")) {
      input.name = input.name.replace(/\d+$/, rows);
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, rows + 1));
      input.value = "";
    }
    body.append(row);
    count.value = rows + 1;
    return row;
  }

  button.hidden = false;
  button.addEventListener("click", () => addRow()?.querySelector("input").focus());

  body.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\n\t]/.test(text)) return;
    event.preventDefault();
    const cell = event.target.closest("td");
    const first = [...body.rows].indexOf(cell.parentElement);
    const left = [...cell.parentElement.cells].indexOf(cell);
    text.split("\n").forEach((line, down) => {
      const row = body.rows[first + down] ?? addRow();
      if (!row) return;
      line.split("\t").forEach((value, right) => {
        const input = row.cells[left + right]?.querySelector("input");
        if (input) input.value = value.trim();
      });
    });
  });
}
