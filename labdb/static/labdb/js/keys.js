// Keys: / search, u upload, ? the list, and "g" followed by a letter for each entry of the navigation
// (its `data-key`). Not while typing, and not together with Ctrl, Alt or Meta.
const WAIT_MS = 1200;
let afterG = 0;

function typing(target) {
  if (target.tagName === "INPUT") return !["checkbox", "radio", "button", "submit", "file"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.timeStamp < afterG) {
    afterG = 0;
    const entry = document.querySelector(`.side [data-key="${CSS.escape(event.key)}"]`);
    if (entry) {
      event.preventDefault();
      entry.click();
    }
    return;
  }
  if (event.key === "g") {
    afterG = event.timeStamp + WAIT_MS;
  } else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search")?.focus();
  } else if (event.key === "u") {
    document.querySelector("[data-upload]")?.click();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-keys]")) document.getElementById("keys")?.showModal();
});
