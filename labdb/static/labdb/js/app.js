// What every page has: theme, navigation, menus, keys, live messages, drawer, ticked rows.
import "labdb/drawer";
import "labdb/keys";
import "labdb/rows";
import { say } from "labdb/toasts";

const root = document.documentElement;

// Theme: as the system, light, dark.
function showTheme() {
  const chosen = root.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === chosen));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-set-theme]");
  if (!button) return;
  if (button.dataset.setTheme === "system") {
    delete root.dataset.theme;
    localStorage.removeItem("labdb-theme");
  } else {
    root.dataset.theme = button.dataset.setTheme;
    localStorage.setItem("labdb-theme", button.dataset.setTheme);
  }
  showTheme();
  document.dispatchEvent(new CustomEvent("labdb:theme"));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  document.dispatchEvent(new CustomEvent("labdb:theme")),
);
showTheme();

// Folded navigation on small screens.
const toggle = document.querySelector("[data-nav-toggle]");
function openNavigation(open) {
  document.body.classList.toggle("nav-open", open);
  toggle?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector(".side a, .side summary")?.focus();
}
toggle?.addEventListener("click", () => openNavigation(!document.body.classList.contains("nav-open")));

// Menus close on a click elsewhere; Esc closes them and the navigation, and gives the focus back.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (document.body.classList.contains("nav-open") && !event.target.closest(".side, [data-nav-toggle]")) {
    openNavigation(false);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (document.body.classList.contains("nav-open")) {
    openNavigation(false);
    toggle?.focus();
  }
});

// A field that sends its form when it changes (filters, roles).
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send-on-change]")) event.target.form.requestSubmit();
});

// A field that only makes sense with one answer is shown with that answer: data-needs="name=value".
function showNeeded(root) {
  for (const field of root.querySelectorAll("[data-needs]")) {
    const [name, value] = field.dataset.needs.split("=");
    field.closest(".field").hidden = new FormData(field.form).get(name) !== value;
  }
}
document.addEventListener("change", (event) => {
  if (event.target.form) showNeeded(event.target.form);
});
document.addEventListener("htmx:load", (event) => showNeeded(event.detail.elt));
showNeeded(document);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  say("Copied.");
});

// Anything that cannot be undone asks first.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

// What changed in a part that asks for itself again is also read out: `data-summary` into the live region.
document.addEventListener("htmx:afterSwap", (event) => {
  const summary = document.querySelector("#main [data-summary]")?.dataset.summary;
  const region = document.getElementById("read-out");
  if (event.detail.target.closest("#main") && region && summary && region.textContent !== summary) {
    region.textContent = summary;
  }
});

document.addEventListener("htmx:responseError", (event) => {
  say(`The server answered with an error (${event.detail.xhr.status}). Nothing was changed; try again.`, "bad");
});
document.addEventListener("htmx:sendError", () => {
  say("The server cannot be reached. What you see may be out of date.", "bad");
});
