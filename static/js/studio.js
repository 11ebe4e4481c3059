// What takes time in the studio: stages are checked one after the other, and pages that wait for
// a worker look again. Without this, links do the same.

const SECOND = 1000;

async function fetchText(address) {
  const response = await fetch(address, { headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
}

async function checkAll(event) {
  const button = event.currentTarget;
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  const bar = document.querySelector("[data-progress]");
  const said = document.querySelector("[data-said]");
  const places = [...document.querySelectorAll("[data-findings]")];
  bar.hidden = false;
  bar.max = places.length;
  bar.value = 0;
  try {
    for (const place of places) {
      place.innerHTML = await fetchText(place.dataset.findings);
      bar.value += 1;
      said.textContent = `${bar.value} / ${bar.max}`;
    }
  } catch {
    said.textContent = button.dataset.lost;
  }
  button.removeAttribute("aria-disabled");
}

async function lookAgain() {
  const shown = document.getElementById("measured");
  if (!shown?.hasAttribute("data-poll")) return;
  try {
    const page = new DOMParser().parseFromString(await fetchText(window.location.href), "text/html");
    const newer = page.getElementById("measured");
    if (newer && newer.innerHTML !== shown.innerHTML) shown.replaceWith(newer);
  } catch {
    // The connection is lost, or somebody signed out: the next look tells.
  }
  window.setTimeout(lookAgain, 2 * SECOND);
}

const all = document.querySelector("[data-check-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("click", checkAll);
}
window.setTimeout(lookAgain, 2 * SECOND);
