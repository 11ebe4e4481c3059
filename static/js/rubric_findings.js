// The linter's findings in a scenario's form: fetched once the form is there and after each save,
// stage by stage, and shown where they concern. Without this a link leads to a page with the same.

const QUIET_MS = 2500; // after the last automatic save
const panel = document.querySelector("[data-rubrics]");
const words = panel.dataset;
const said = panel.querySelector("[data-said]");
const stages = panel.querySelector("[data-stages]");
let round = 0;
let timer = 0;

async function fetchText(address, options = {}) {
  const headers = { "X-Requested-With": "XMLHttpRequest" };
  const response = await fetch(address, { ...options, headers });
  if (!response.ok || response.redirected) throw new Error(`${response.status}`);
  return response.text();
}

const say = (word, values = {}) => {
  said.textContent = Object.entries(values).reduce((text, [key, one]) => text.replace(`{${key}}`, one), word);
};

async function check() {
  const mine = ++round;
  try {
    await showStages(mine);
    const places = [...stages.querySelectorAll("[data-findings]")];
    for (const [done, place] of places.entries()) {
      if (mine !== round) return;
      say(words.wordBusy, { done, all: places.length });
      const found = await fetchText(place.dataset.findings);
      if (mine === round) show(place, found);
    }
    if (mine === round) sum();
  } catch {
    if (mine === round) say(words.wordLost);
  }
}

// The list is renewed with what is typed and shown in it.
async function showStages(mine) {
  const text = await fetchText(words.rubrics);
  if (mine !== round) return;
  const newer = new DOMParser().parseFromString(text, "text/html").body;
  for (const old of stages.querySelectorAll(".lm-stage:has([data-try])")) keep(old, newer);
  const focus = document.activeElement?.closest?.("[data-try]") && document.activeElement;
  stages.replaceChildren(...newer.childNodes);
  if (focus?.isConnected) focus.focus();
}

function keep(old, newer) {
  const name = old.querySelector("[data-try]").dataset.try;
  const now = newer.querySelector(`[data-try="${CSS.escape(name)}"]`);
  if (!now) return;
  now.closest("details").replaceWith(old.querySelector("details"));
  const findings = old.querySelector("[data-findings]");
  newer.querySelector(`[data-findings="${CSS.escape(findings.dataset.findings)}"]`)?.replaceChildren(...findings.childNodes);
}

function show(place, found) {
  place.innerHTML = found;
  const stage = place.dataset.findings;
  for (const old of document.querySelectorAll("[data-found-in]")) if (old.dataset.foundIn === stage) old.remove();
  for (const one of place.querySelectorAll("[data-place]")) {
    const block = document.getElementById(one.dataset.place);
    const link = one.querySelector("a");
    if (link) link.href = `#${one.dataset.place}`;
    if (block) putInto(block, one, stage);
  }
}

// Inside the block's own fold, so that it is read with the fields it is about.
function putInto(block, finding, stage) {
  const copy = finding.cloneNode(true);
  copy.removeAttribute("data-place");
  copy.dataset.foundIn = stage;
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  (block.querySelector(".w-panel__content") ?? block).prepend(copy);
}

function sum() {
  const count = stages.querySelectorAll(".lm-finding").length;
  const word = count === 1 ? words.wordOne : words.wordMany;
  say(count ? word : words.wordClean, { count });
}

// A link into a folded block opens it and what it stands in.
function unfold(event) {
  const link = event.target.closest("a[href^='#block-']");
  const block = link && document.getElementById(link.hash.slice(1));
  for (let one = block; one; one = one.parentElement?.closest("section.w-panel")) {
    const toggle = one.querySelector("[data-panel-toggle]");
    if (toggle?.getAttribute("aria-expanded") === "false") toggle.click();
  }
}

async function tryAnswer(event) {
  const form = event.target.closest("[data-try]");
  if (!form) return;
  event.preventDefault();
  const place = form.parentElement.querySelector("[data-tried]");
  place.textContent = words.wordTrying;
  try {
    place.innerHTML = await fetchText(form.action, { method: "POST", body: new FormData(form) });
  } catch {
    place.textContent = words.wordLost;
  }
}

stages.addEventListener("click", unfold);
stages.addEventListener("submit", tryAnswer);
document.addEventListener("w-autosave:success", () => {
  clearTimeout(timer);
  timer = setTimeout(check, QUIET_MS);
});
check();
