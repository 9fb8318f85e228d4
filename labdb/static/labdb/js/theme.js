// Runs before the first paint, so that a chosen theme does not flash; not a module for that reason.
(() => {
  const root = document.documentElement;
  const chosen = localStorage.getItem("labdb-theme");
  if (chosen) root.dataset.theme = chosen;
})();
