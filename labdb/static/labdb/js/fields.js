// A sentence at a field, where the server would put it; an empty one takes it away.
export function sayAt(field, sentence) {
  const place = field.closest(".field, td") ?? field.parentElement;
  let error = place.querySelector(":scope > .error");
  if (!sentence) {
    error?.remove();
    field.removeAttribute("aria-invalid");
    const kept = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.endsWith("_error"));
    if (kept.length) field.setAttribute("aria-describedby", kept.join(" "));
    else field.removeAttribute("aria-describedby");
    return;
  }
  if (!error) {
    error = document.createElement("div");
    error.className = "error";
    error.id = `${field.id}_error`;
    error.setAttribute("role", "status");
    place.append(error);
  }
  const line = document.createElement("p");
  line.textContent = sentence;
  error.replaceChildren(line);
  field.setAttribute("aria-invalid", "true");
  const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  field.setAttribute("aria-describedby", [...described.add(error.id)].join(" "));
}
