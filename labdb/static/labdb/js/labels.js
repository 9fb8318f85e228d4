// Labels print as they are shown.
document.querySelector("[data-print]")?.addEventListener("click", () => print());
