// The drawer at the right. Filled by htmx (`hx-target="#drawer-body"`) or by `openDrawer(url)`; Esc closes it, and the
// focus goes back to where it came from. It is not modal: the next point can be clicked while it is open.
const drawer = document.getElementById("drawer");
let cameFrom = null;

function show() {
  if (!drawer || drawer.open) return;
  cameFrom = document.activeElement;
  drawer.show();
  drawer.querySelector("[data-close-drawer]").focus();
}

export function closeDrawer() {
  if (!drawer?.open) return;
  drawer.close();
  cameFrom?.focus?.();
}

export function openDrawer(url, title = "History") {
  if (!drawer) return;
  drawer.querySelector("h2").textContent = title;
  htmx.ajax("GET", url, { target: "#drawer-body", swap: "innerHTML" });
}

drawer?.querySelector("[data-close-drawer]").addEventListener("click", closeDrawer);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeDrawer();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const title = event.detail.elt.dataset?.drawerTitle;
  if (drawer && title) drawer.querySelector("h2").textContent = title;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "drawer-body") show();
});
