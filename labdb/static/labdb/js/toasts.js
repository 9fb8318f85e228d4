// Short messages at the lower right, read out by screen readers. The server sends them with the response header
// HX-Trigger: {"labdb:say": {"text": "...", "kind": "good"}}.
const SECONDS = 8;

export function say(text, kind = "") {
  const list = document.getElementById(kind === "bad" ? "alerts" : "toasts");
  if (!list) return;
  // A page that asks every second says once that the server is away.
  if ([...list.querySelectorAll("p")].some((shown) => shown.textContent === text)) return;
  const toast = document.createElement("div");
  toast.className = `toast notice ${kind}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button quiet small";
  close.textContent = "Close";
  close.addEventListener("click", () => toast.remove());
  toast.append(words, close);
  list.append(toast);
  if (kind !== "bad") setTimeout(() => toast.remove(), SECONDS * 1000);
}

document.addEventListener("labdb:say", (event) => say(event.detail.text, event.detail.kind));
