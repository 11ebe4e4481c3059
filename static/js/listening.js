// A page that waits for a grade hears when to look. Without an events process, or when its
// connection breaks, htmx goes on asking every second, as it does in a browser without this script.
const streams = new Map(); // by the id of the region that waits

function address(region) {
  const { events } = region.dataset;
  return events.startsWith(":") ? `${location.protocol}//${location.hostname}${events}` : events;
}

function listen(region) {
  const { id } = region;
  if (streams.has(id)) return;
  const source = new EventSource(address(region), { withCredentials: true });
  const stream = { source, isLive: false };
  streams.set(id, stream);
  source.onmessage = () => {
    stream.isLive = true;
    document.getElementById(id)?.dispatchEvent(new Event("look"));
  };
  source.onerror = () => { stream.isLive = false; };
}

function update() {
  for (const [id, { source }] of streams) {
    if (document.getElementById(id)?.dataset.events) continue;
    source.close();
    streams.delete(id);
  }
  document.querySelectorAll(".result-region[data-events]").forEach(listen);
}

function holdPolls(event) {
  const { sourceElement, sourceEvent } = event.detail.ctx;
  if (sourceEvent?.type === "every" && streams.get(sourceElement.id)?.isLive) event.preventDefault();
}

document.addEventListener("htmx:before:request", holdPolls);
document.addEventListener("htmx:after:swap", update);
addEventListener("pagehide", () => { for (const { source } of streams.values()) source.close(); streams.clear(); });
addEventListener("pageshow", (event) => { if (event.persisted) update(); });
update();
