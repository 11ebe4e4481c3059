// Runs before the first paint: a theme the reader chose earlier wins over the system's.
(() => {
  try {
    const chosen = localStorage.getItem("loadmark-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is refused in some private windows: the system's theme applies.
  }
})();
