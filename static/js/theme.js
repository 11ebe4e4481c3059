// Blocking and tiny on purpose: it must run before the first paint. A theme the reader chose wins over
// the system's, and the class tells the stylesheet that parts which need script will work.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const chosen = localStorage.getItem("loadmark-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // Storage is refused in some private windows: the system's theme applies.
  }
})();
