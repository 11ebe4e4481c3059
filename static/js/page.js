// What every page gets on top of its HTML. Everything here may fail to load without losing content.
const tag = document.querySelector("script[data-chart]");
const words = tag?.dataset ?? {};
const root = document.documentElement;

// ---- theme -------------------------------------------------------------------------------------
function currentChoice() {
  return root.dataset.theme ?? "system";
}

function chooseTheme(choice) {
  try {
    if (choice === "system") localStorage.removeItem("loadmark-theme");
    else localStorage.setItem("loadmark-theme", choice);
  } catch {
    // The choice then lasts for this page only.
  }
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  showChoice();
  document.dispatchEvent(new CustomEvent("loadmark:theme"));
}

function showChoice() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === currentChoice()));
  }
}

// ---- menus -------------------------------------------------------------------------------------
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

function closeOnEscape(event) {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open], details.site-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

// ---- a number and its slider -------------------------------------------------------------------
function pairRange(range) {
  const number = document.getElementById(range.dataset.rangeFor);
  if (!number) return;
  for (const name of ["min", "max", "step"]) {
    if (number.hasAttribute(name)) range.setAttribute(name, number.getAttribute(name));
  }
  range.value = number.value;
  range.hidden = false;
  range.disabled = number.disabled;
}

function followPair(event) {
  const changed = event.target;
  if (changed.matches?.("input[data-range-for]")) {
    const number = document.getElementById(changed.dataset.rangeFor);
    if (number) number.value = changed.value;
  } else if (changed.matches?.("input[type=number][id]")) {
    const range = document.querySelector(`[data-range-for="${CSS.escape(changed.id)}"]`);
    if (range) range.value = changed.value;
  }
}

// ---- copy button -------------------------------------------------------------------------------
function addCopyButton(figure) {
  if (!navigator.clipboard || figure.querySelector(".copy")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy small-button";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(figure.querySelector("pre").innerText);
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 2000);
  });
  figure.append(button);
}

// ---- table of contents -------------------------------------------------------------------------
function followHeadings(toc) {
  const links = new Map();
  for (const link of toc.querySelectorAll("a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const watcher = new IntersectionObserver((entries) => {
    const seen = entries.filter((entry) => entry.isIntersecting);
    if (!seen.length) return;
    toc.querySelector(".here")?.classList.remove("here");
    links.get(seen[0].target).classList.add("here");
  }, { rootMargin: "0px 0px -70% 0px" });
  for (const heading of links.keys()) watcher.observe(heading);
}

// A long course scrolls in its own column: bring the lesson that is read into sight.
function showPlaceInOutline() {
  const outline = document.querySelector(".outline");
  const here = outline?.querySelector("[aria-current]");
  if (here && outline.scrollHeight > outline.clientHeight) {
    outline.scrollTop += here.getBoundingClientRect().top - outline.getBoundingClientRect().top - outline.clientHeight / 3;
  }
}

// ---- news from htmx ----------------------------------------------------------------------------
let noticeTimer;

function notice(text) {
  const place = document.getElementById("notice");
  if (!place || !text) return;
  const message = document.createElement("p");
  message.className = "message error";
  message.textContent = text;
  place.replaceChildren(message);
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => place.replaceChildren(), 9000);
}

// An element that reports its own failures (autosave does) carries data-own-errors.
function tell(event, key) {
  if (event.target.closest?.("[data-own-errors]")) return;
  notice(document.getElementById("notice")?.dataset[key]);
}

function tellAboutResponse(event) {
  const status = event.detail?.ctx?.response?.status ?? 0;
  if (status === 401 || status === 403) tell(event, "session");
  else if (status === 429 || status === 503) tell(event, "busy");
  else if (status === 404 || status >= 500) tell(event, "error");
}

// ---- results of labs and calculators -----------------------------------------------------------
// On a narrow screen they stand far below the controls: whoever presses the button wants to see them.
function showResult(event) {
  const readout = event.target.matches(".controls") && event.target.parentElement.querySelector(".readout");
  if (readout && readout.getBoundingClientRect().top > innerHeight * .8) readout.scrollIntoView();
}

// ---- charts ------------------------------------------------------------------------------------
let chartModule;

function loadCharts(within) {
  if (chartModule || !within.querySelector?.("load-chart")) return;
  chartModule = import(words.chart);
}

function enhance(within) {
  for (const range of within.querySelectorAll("input[data-range-for]")) pairRange(range);
  for (const figure of within.querySelectorAll("figure.code")) addCopyButton(figure);
  loadCharts(within);
}

enhance(document);
showChoice();
showPlaceInOutline();
for (const calendar of document.querySelectorAll(".calendar")) calendar.parentElement.scrollLeft = calendar.scrollWidth; // today is at the end
for (const toc of document.querySelectorAll(".toc")) followHeadings(toc);
document.addEventListener("click", (event) => {
  const choice = event.target.closest?.("[data-theme-choice]");
  if (choice) chooseTheme(choice.dataset.themeChoice);
  if (event.target.closest?.("[data-print]")) print();
  closeMenus(event.target);
});
document.addEventListener("keydown", closeOnEscape);
document.addEventListener("input", followPair);
document.addEventListener("submit", showResult);
document.addEventListener("htmx:after:swap", () => enhance(document));
document.addEventListener("htmx:error", (event) => { if (event.detail?.ctx) tell(event, "offline"); });
document.addEventListener("htmx:response:error", tellAboutResponse);
