// <load-chart label="…"><script type="application/json">{x, y, series, bands, marks}</script></load-chart>
// With x.names, one per value, bars stand side by side at each name; otherwise lines run along x.values.
// The format is in docs/look.md. The server renders the same numbers as a table; this only draws them.
const assets = document.querySelector("script[data-chart]").dataset;
const TYPEFACE = '12px "Loadmark Sans", system-ui, sans-serif';
const BAR_PX = 44;
const EXTRA_TOKENS = ["--fill-2", "--fill-3", "--fill-4"];
let library;

function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = assets.uplotCss;
    const script = document.createElement("script");
    script.src = assets.uplot;
    script.addEventListener("load", () => resolve(window.uPlot));
    script.addEventListener("error", () => { library = undefined; reject(new Error("no chart library")); });
    document.head.append(sheet, script);
  });
  return library;
}

class LoadChart extends HTMLElement {
  #data;
  #plot;
  #stage;
  #outputs = [];
  #watchers = new AbortController();

  connectedCallback() {
    this.#data ??= this.#read();
    if (!this.#data) return;
    this.#watchers = new AbortController();
    if (!this.#stage) this.#furnish();
    this.#whenNear(() => this.#start());
    window.addEventListener("beforeprint", () => this.#drawUnseen(), { signal: this.#watchers.signal });
  }

  disconnectedCallback() {
    this.#watchers.abort();
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #read() {
    try {
      const data = JSON.parse(this.querySelector('script[type="application/json"]').textContent);
      return data.x.values.length && data.series.length ? data : null;
    } catch {
      return null;
    }
  }

  #whenNear(act) {
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      act();
    }, { rootMargin: "300px" });
    near.observe(this);
    this.#watchers.signal.addEventListener("abort", () => near.disconnect());
  }

  // Nobody scrolled to it, yet it belongs on the paper. There is no time left to fetch anything.
  #drawUnseen() {
    if (!this.#plot && window.uPlot && this.clientWidth) this.#draw(window.uPlot, "light");
  }

  async #start() {
    let uPlot;
    try {
      uPlot = await loadLibrary();
    } catch {
      this.hidden = true; // the table below says the same
      return;
    }
    if (!this.isConnected) return;
    const { signal } = this.#watchers;
    const redraw = () => this.#draw(uPlot);
    redraw();
    const size = new ResizeObserver(() => this.#fit());
    size.observe(this);
    signal.addEventListener("abort", () => size.disconnect());
    document.addEventListener("loadmark:theme", redraw, { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw, { signal });
    window.addEventListener("beforeprint", () => this.#draw(uPlot, "light"), { signal });
    window.addEventListener("afterprint", redraw, { signal });
  }

  // ---- the HTML around the canvas: title, stage, legend with the read-out -------------------------
  #furnish() {
    const { y, series, bands = [] } = this.#data;
    const title = document.createElement("p");
    title.className = "chart-title";
    title.append(y.unit ? `${y.label}, ${y.unit}` : y.label);
    this.#stage = document.createElement("div");
    this.#stage.className = "chart-stage";
    const legend = document.createElement("ul");
    legend.className = this.#data.x.names ? "legend bars" : "legend";
    const named = [...new Set(bands.map((band) => band.label))].map((name) => ({ name, role: "band" }));
    legend.append(...[...series, ...named].map((row) => this.#legendItem(row)));
    title.append(this.#output());
    this.append(title, this.#stage, legend);
    this.#makeReadable();
  }

  #legendItem({ name, role }) {
    const item = document.createElement("li");
    const others = this.#data.series.filter((one) => one.role !== "with" && one.role !== "without");
    item.className = role === "other" || !role ? `other-${others.findIndex((one) => one.name === name) + 1}` : role;
    item.append(name);
    if (role !== "band") {
      item.append(" ", this.#output());
    }
    return item;
  }

  #output() {
    const output = document.createElement("output");
    this.#outputs.push(output);
    return output;
  }

  // A slider over the x axis: arrow keys read the values one by one, screen readers hear them.
  #makeReadable() {
    const { x } = this.#data;
    this.tabIndex = 0;
    this.setAttribute("role", "slider");
    this.setAttribute("aria-label", this.getAttribute("label") ?? this.#data.y.label);
    this.setAttribute("aria-valuemin", x.values[0]);
    this.setAttribute("aria-valuemax", x.values.at(-1));
    this.#say(0, false);
    this.addEventListener("keydown", (event) => this.#step(event));
  }

  #say(index, shown = true) {
    const { x, y, series } = this.#data;
    const at = x.names ? x.names[index] : `${x.label} ${format(x.values[index])} ${x.unit ?? ""}`.trim();
    const values = series.map((one) => one.values[index]);
    const written = values.map((value) => (value == null ? "–" : `${format(value)} ${y.unit ?? ""}`.trim()));
    if (shown) [...written, at].forEach((text, place) => { this.#outputs[place].textContent = text; });
    this.setAttribute("aria-valuenow", x.values[index]);
    this.setAttribute("aria-valuetext", [at, ...series.map((one, place) => `${one.name} ${written[place]}`)].join(", "));
    this.dataset.at = index;
  }

  #step(event) {
    const last = this.#data.x.values.length - 1;
    const jump = Math.max(1, Math.round(last / 20));
    const moves = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: jump, PageDown: -jump, Home: -last, End: last };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, Number(this.dataset.at) + moves[event.key]));
    this.#plot?.setCursor({ left: this.#plot.valToPos(this.#data.x.values[index], "x"), top: 0 });
    this.#say(index);
  }

  // ---- drawing -----------------------------------------------------------------------------------
  #draw(uPlot, scheme = "") {
    this.#plot?.destroy();
    const data = [this.#data.x.values, ...this.#drawn().map((one) => one.values)];
    this.#plot = new uPlot(this.#options(this.#palette(scheme), uPlot), data, this.#stage);
  }

  // Where both lines agree, the one with the pattern must lie on top: it is drawn last.
  #drawn() {
    return this.#data.series.toSorted((one, other) => (one.role === "with") - (other.role === "with"));
  }

  #fit() {
    if (this.#plot && this.clientWidth !== this.#plot.width) this.#plot.setSize(this.#size());
  }

  #size() {
    return { width: this.clientWidth, height: this.#stage.clientHeight };
  }

  // Custom properties hold light-dark(): only a computed colour is one the canvas understands.
  #palette(scheme) {
    const probe = document.createElement("i");
    probe.style.colorScheme = scheme;
    probe.style.forcedColorAdjust = "none"; // a band in the text colour would hide the lines
    this.append(probe);
    const resolve = (token) => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const names = ["--water", "--alarm", "--alarm-soft", "--ink", "--soft", "--line", ...EXTRA_TOKENS];
    const palette = Object.fromEntries(names.map((name) => [name, resolve(name)]));
    probe.remove();
    return palette;
  }

  #options(palette, uPlot) {
    const { x, y } = this.#data;
    const isBars = Boolean(x.names);
    const axis = { stroke: palette["--soft"], font: TYPEFACE, grid: { stroke: palette["--line"], width: 1 }, ticks: { show: false } };
    return {
      ...this.#size(),
      padding: [20, 18, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: false, ...(isBars && { range: () => [x.values[0] - 0.6, x.values.at(-1) + 0.6] }) }, y: { distr: y.scale === "log" ? 3 : 1, range: (plot, low, high) => yRange(y, low, high) } },
      axes: [
        isBars ? this.#nameAxis(axis, x) : this.#numberAxis(axis, x),
        { ...axis, size: (plot, values) => 14 + 7.5 * Math.max(2, ...(values ?? []).map((value) => value?.length ?? 0)), values: (plot, ticks) => ticks.map((tick) => (tick == null ? "" : format(tick))) },
      ],
      series: [{}, ...(isBars ? this.#bars(palette, uPlot) : this.#lines(palette))],
      hooks: {
        drawClear: [(plot) => this.#drawBands(plot, palette)],
        draw: [(plot) => this.#drawMarks(plot, palette)],
        setCursor: [(plot) => { if (plot.cursor.idx != null) this.#say(plot.cursor.idx); }],
      },
    };
  }

  // Seconds need no name; any other scale says below its numbers what they count.
  #numberAxis(axis, x) {
    const name = x.unit && x.unit !== "s" ? `${x.label}, ${x.unit}` : x.label;
    const named = x.unit === "s" ? { size: 26 } : { size: 26, label: name, labelSize: 18, labelGap: 0, labelFont: TYPEFACE };
    const unitOnLast = (ticks) => ticks.map((tick, place) => (place === ticks.length - 1 && x.unit === "s" ? `${format(tick)} s` : format(tick)));
    return { ...axis, grid: { show: false }, gap: 4, ...named, values: (plot, ticks) => unitOnLast(ticks) };
  }

  // Names that would touch are set aslant; long ones are cut, the table has them whole.
  #nameAxis(axis, x) {
    const most = this.clientWidth < 500 ? 13 : 18;
    const names = x.names.map((name) => (name.length > most ? `${name.slice(0, most - 1)}…` : name));
    const longest = Math.max(...names.map((name) => name.length));
    const isTight = longest * 6.6 > (this.clientWidth - 60) / names.length;
    // Written upwards, a name aslant ends below its bar and stays inside the canvas.
    return {
      ...axis,
      grid: { show: false },
      gap: 4,
      size: isTight ? 14 + longest * 4.6 : 26,
      rotate: isTight ? 40 : 0,
      splits: () => x.values,
      values: () => names,
    };
  }

  #bars(palette, uPlot) {
    const looks = { with: [palette["--water"], 1], without: [palette["--alarm"], -1] };
    const paths = (side) => uPlot.paths.bars({ size: [0.38, BAR_PX], align: side, gap: 1 });
    return this.#drawn().map((one) => {
      const [colour, side] = looks[one.role] ?? [palette["--fill-2"], 0];
      const hollow = one.role === "without";
      return { label: one.name, points: { show: false }, paths: paths(side), stroke: colour, width: hollow ? 2 : 0, fill: hollow ? palette["--alarm-soft"] : colour };
    });
  }

  #lines(palette) {
    let extra = 0;
    return this.#drawn().map((one) => {
      const common = { label: one.name, points: { show: false }, spanGaps: false };
      if (one.role === "with") return { ...common, stroke: palette["--water"], width: 2.5 };
      if (one.role === "without") return { ...common, stroke: palette["--alarm"], width: 2, dash: [6, 4] };
      const token = EXTRA_TOKENS[extra++ % EXTRA_TOKENS.length];
      return { ...common, stroke: palette[token], width: 2, dash: [[], [2, 3], [10, 3]][(extra - 1) % 3] };
    });
  }

  #drawBands(plot, palette) {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const band of this.#data.bands ?? []) {
      const left = Math.max(bbox.left, plot.valToPos(band.from, "x", true));
      const right = Math.min(bbox.left + bbox.width, plot.valToPos(band.to, "x", true));
      ctx.fillStyle = palette["--alarm-soft"];
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.fillStyle = palette["--alarm"];
      ctx.fillRect(left, bbox.top, right - left, 2 * devicePixelRatio);
    }
    ctx.restore();
  }

  #drawMarks(plot, palette) {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.font = TYPEFACE.replace("12px", `${11 * ratio}px`);
    ctx.strokeStyle = ctx.fillStyle = palette["--ink"];
    ctx.lineWidth = ratio;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    let free = -Infinity; // a label that would touch the one before is left out; the event log has it
    for (const mark of this.#data.marks ?? []) {
      const at = plot.valToPos(mark.at, "x", true);
      ctx.beginPath();
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.stroke();
      const width = ctx.measureText(mark.label).width;
      const start = Math.min(at + 4 * ratio, bbox.left + bbox.width - width);
      if (start < free) continue;
      ctx.fillText(mark.label, start, bbox.top - 4 * ratio);
      free = start + width + 8 * ratio;
    }
    ctx.restore();
  }
}

function yRange(y, low, high) {
  const least = y.min ?? Math.min(low ?? 0, y.scale === "log" ? low ?? 1 : 0);
  const most = y.max ?? (high ?? 1) * 1.05;
  return least === most ? [least, least + 1] : [least, most];
}

function format(value) {
  return new Intl.NumberFormat(document.documentElement.lang || "en", { maximumSignificantDigits: 4 }).format(value);
}

customElements.define("load-chart", LoadChart);

// Fetched when the page is quiet, so that a chart that was never near the window can be printed.
const whenQuiet = window.requestIdleCallback ?? ((act) => setTimeout(act, 2000));
if (!navigator.connection?.saveData) whenQuiet(() => loadLibrary().catch(() => {}));
