// Keys for grading: everything they do, the form can do without them.

const page = document.querySelector("[data-review]");
const form = page.querySelector("[data-form]");
const answer = page.querySelector("[data-answer]");
const help = page.querySelector("[data-help]");
const said = page.querySelector("[data-said]");
const note = page.querySelector("[data-note]");
const criteria = [...form.querySelectorAll("[data-criterion]")];
let place = -1;

const radios = (criterion) => [...criterion.querySelectorAll("input[type=radio]")];
const quote = (criterion) => criterion.querySelector("textarea[name$=-quote]");
const reason = (criterion) => criterion.querySelector("[name$=-reason]");

const atFirst = new Map(
  criteria.map((one) => [
    one,
    { verdict: radios(one).find((radio) => radio.checked)?.value, quote: quote(one).value },
  ]),
);

function mark(number) {
  place = number;
  criteria.forEach((one, at) => one.classList.toggle("lm-here", at === number));
  const id = criteria[number]?.dataset.criterion;
  for (const words of answer.querySelectorAll("mark")) {
    words.classList.toggle("lm-here", words.dataset.of.split(" ").includes(id));
  }
}

function go(number) {
  mark(Math.max(0, Math.min(criteria.length - 1, number)));
  criteria[place].focus({ preventScroll: true });
  criteria[place].scrollIntoView({ block: "start" });
  answer.querySelector("mark.lm-here")?.scrollIntoView({ block: "nearest" });
}

function choose(number) {
  const criterion = criteria[place];
  if (!criterion) return;
  const first = atFirst.get(criterion);
  const wanted = number < 3 ? radios(criterion)[number] : radios(criterion).find((one) => one.value === first.verdict);
  if (number === 3) quote(criterion).value = first.quote;
  if (number === 3 && !wanted) for (const one of radios(criterion)) one.checked = false;
  if (wanted) wanted.checked = true;
  if (wanted) said.textContent = wanted.labels[0].textContent.trim();
}

function selectedWords() {
  const selection = window.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return "";
  const range = selection.getRangeAt(0);
  if (!answer.contains(range.commonAncestorContainer)) return "";
  return range.cloneContents().textContent.trim();
}

function takeWords(beside) {
  const words = selectedWords();
  note.textContent = words ? "" : note.dataset.wordSelect;
  if (!words || !criteria[place]) return;
  const field = quote(criteria[place]);
  field.value = beside && field.value.trim() ? `${field.value.trim()}\n…\n${words}` : words;
  said.textContent = words;
}

const KEYS = {
  j: () => go(place + 1),
  ArrowDown: () => go(place + 1),
  k: () => go(place - 1),
  ArrowUp: () => go(place - 1),
  1: () => choose(0),
  2: () => choose(1),
  3: () => choose(2),
  4: () => choose(3),
  q: () => takeWords(false),
  Q: () => takeWords(true),
  r: () => criteria[place] && reason(criteria[place]).focus(),
  s: () => form.requestSubmit(),
  "?": () => help.showModal(),
};

const isTyping = (element) => element.matches("textarea, select, input:not([type=radio])");

function onKey(event) {
  if (help.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") go(place);
    return;
  }
  const act = KEYS[event.key];
  if (!act || (event.target === answer && event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // the studio has keys of its own
  note.textContent = "";
  act();
}

window.addEventListener("keydown", onKey, { capture: true });
form.addEventListener("focusin", (event) => {
  const inside = event.target.closest("[data-criterion]");
  if (inside && criteria.indexOf(inside) !== place) mark(criteria.indexOf(inside));
});
document.addEventListener("selectionchange", () => {
  note.textContent = "";
});
let sending = false;
form.addEventListener("submit", (event) => {
  if (sending) event.preventDefault();
  sending = true;
});
window.addEventListener("pageshow", () => {
  sending = false;
});
page.querySelector("[data-keys]").hidden = false;
page.querySelector("[data-help-open]").addEventListener("click", () => help.showModal());
const wrong = criteria.findIndex((one) => one.querySelector(".w-field--error"));
const appealed = criteria.findIndex((one) => one.classList.contains("lm-appealed"));
const besideEachOther = window.matchMedia("(min-width: 75rem)").matches;
if (wrong >= 0) go(wrong);
else if (appealed >= 0 && besideEachOther) go(appealed);
else mark(Math.max(0, appealed));
