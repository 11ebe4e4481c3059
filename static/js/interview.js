// The stages and follow-up questions of an interview: clock, autosave, submission. Without it the
// forms work by themselves.
// What is typed (the text, the estimates and the diagram, as one) goes to IndexedDB first and to the
// server next; the server decides which version counts, and never overwrites what another tab stored.

const QUIET_MS = 900; // typing pauses this long before a save
const LONGEST_WAIT_MS = 30000; // between two tries
const LAST_WORDS = "loadmark-interview:";
const ESTIMATE = "estimate-"; // begins the names of these fields
const KEEPALIVE_BYTES = 60000; // browsers refuse more in a request that outlives its page

// ---- clock -------------------------------------------------------------------------------------
function runClock(clock) {
  const face = clock.querySelector("span");
  const word = clock.querySelector("small");
  const left = Number(clock.dataset.deadline) - Number(clock.dataset.now);
  const began = performance.now();
  const tick = () => {
    const ms = left - (performance.now() - began);
    const seconds = Math.floor(Math.abs(ms) / 1000);
    face.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (ms < 0 && !clock.classList.contains("late")) {
      clock.classList.add("late");
      word.textContent = clock.dataset.over;
      for (const line of document.querySelectorAll("[data-in-time]")) line.hidden = true;
      for (const line of document.querySelectorAll("[data-late]")) line.hidden = false;
    }
  };
  tick();
  setInterval(tick, 1000);
}

// ---- the copy in this browser ------------------------------------------------------------------
const local = {
  opening: null,

  open() {
    this.opening ??= new Promise((resolve) => {
      try {
        const request = indexedDB.open("loadmark-interviews", 1);
        request.onupgradeneeded = () => {
          request.result.createObjectStore("texts", { keyPath: "key" }).createIndex("answer", "answer");
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => resolve(null);
      } catch {
        resolve(null); // Private windows of some browsers; the server's copy remains.
      }
    });
    return this.opening;
  },

  async run(mode, work) {
    const database = await this.open();
    if (!database) return undefined;
    return new Promise((resolve) => {
      const transaction = database.transaction("texts", mode);
      const request = work(transaction.objectStore("texts"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => resolve(undefined);
    });
  },

  // Whether the record is kept: not every browser does.
  async put(record) { return (await this.run("readwrite", (store) => store.put(record))) !== undefined; },

  // A page that is being left does not wait for IndexedDB: its last words are written at once.
  putNow(record) {
    try { localStorage.setItem(LAST_WORDS + record.key, JSON.stringify(record)); } catch { /* full */ }
  },

  remove(key) {
    try { localStorage.removeItem(LAST_WORDS + key); } catch { /* not allowed */ }
    return this.run("readwrite", (store) => store.delete(key));
  },

  // Of each tab the latest change, the most recently typed first.
  async of(answer) {
    const found = new Map();
    const kept = (await this.run("readonly", (store) => store.index("answer").getAll(answer))) ?? [];
    for (const record of [...kept, ...this.lastWords(answer)]) {
      if (!(found.get(record.key)?.sequence >= record.sequence)) found.set(record.key, record);
    }
    return [...found.values()].sort((a, b) => b.at - a.at);
  },

  lastWords(answer) {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(`${LAST_WORDS}${answer}#`))
        .map((name) => JSON.parse(localStorage.getItem(name)));
    } catch {
      return [];
    }
  },
};

// A tab owns its name while it lives, so that no two tabs write as one.
function claim(editor) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(`interview-editor-${editor}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}

function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- the answer --------------------------------------------------------------------------------
class AnswerEditor {
  constructor(form) {
    this.form = form;
    this.area = form.elements.text;
    this.parts = [...form.querySelectorAll("[data-part]")];
    this.words = form.dataset;
    this.answer = form.dataset.answer;
    this.version = Number(form.elements.version.value);
    this.stored = this.read((part) => part.defaultValue);
    this.editor = newName();
    this.sequence = 0; // changes made in this tab
    this.acknowledged = 0; // the latest of them that the server has stored
    this.isTouched = false;
    this.isKept = true; // in this browser
    this.failures = 0;
    this.state = "";
    this.sending = null;
  }

  // A work is the value of every part by the name of its field.
  get work() { return this.read((part) => part.value); }
  get isDirty() { return !this.isSame(this.work, this.stored); }
  get isClosed() { return this.state === "submitted" || this.state === "over"; }
  get isPaused() { return this.isClosed || this.state === "conflict"; }
  get key() { return `${this.answer}#${this.editor}`; }

  read(pick) { return Object.fromEntries(this.parts.map((part) => [part.name, pick(part)])); }

  fill(work) {
    for (const part of this.parts) if (part.name in work) part.value = work[part.name];
    this.parts.find((part) => part.name === "diagram")?.dispatchEvent(new Event("drawn-anew"));
    this.showCount();
  }

  isSame(one, other) {
    return this.parts.every(({ name }) => (one[name] ?? "") === (other[name] ?? ""));
  }

  // What the server tells of a work, by the names of the fields.
  workFrom(told) {
    return this.read(({ name }) => (name.startsWith(ESTIMATE)
      ? told.estimates?.[name.slice(ESTIMATE.length)] : told[name]) ?? "");
  }

  async start() {
    this.listen();
    await this.restore();
    this.showCount();
    this.showGraded();
  }

  listen() {
    for (const part of this.parts) part.addEventListener("input", () => this.typed(part));
    for (const button of this.form.querySelectorAll("[data-insert]")) {
      button.addEventListener("click", () => this.insert(button.dataset.insert));
    }
    for (const button of this.form.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => this.show(button.dataset.view));
    }
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    for (const button of this.form.querySelectorAll("[data-keep]")) {
      button.addEventListener("click", () => this.choose(button.dataset.keep));
    }
    addEventListener("online", () => this.save());
    addEventListener("focus", () => { if (this.failures) this.save(); });
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); });
  }

  // Texts that a reload, a crash or a lost session left in this browser. The newest goes on here;
  // older ones are handed to the server, which keeps them beside the answer.
  async restore() {
    const records = await local.of(this.answer);
    const typedMeanwhile = this.isDirty;
    let restored = typedMeanwhile;
    for (const record of records) {
      if (!(await claim(record.editor))) continue;
      record.work ??= { text: record.text };
      if (this.isSame({ ...this.stored, ...record.work }, this.stored)) await local.remove(record.key);
      else if (restored) await this.handOver(record);
      else { this.adopt(record); restored = true; }
    }
    if (!records.some((record) => record.editor === this.editor)) await claim(this.editor);
    if (this.isDirty) this.save();
  }

  adopt(record) {
    Object.assign(this, { editor: record.editor, sequence: record.sequence, version: record.base });
    this.fill(record.work);
    this.say("unsaved");
  }

  async handOver(record) {
    const answer = await this.post(this.form.dataset.save, record).catch(() => null);
    if (answer && [200, 409].includes(answer.status)) await local.remove(record.key);
  }

  typed(part) {
    this.showCount();
    if (part.name.startsWith(ESTIMATE)) this.showReading(part, { words: "", ok: true });
    if (this.isClosed) return;
    this.isTouched = true;
    this.sequence += 1;
    this.keepLocally();
    if (this.isPaused) return;
    if (this.failures) this.showGraded(); // what is wrong stays said until a save gets through
    else this.say("unsaved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  get change() {
    return { work: this.work, base: this.version, editor: this.editor, sequence: this.sequence };
  }

  get record() { return { key: this.key, answer: this.answer, at: Date.now(), ...this.change }; }

  async keepLocally() {
    this.isKept = await local.put(this.record);
    if (!this.isKept && this.failures) this.say(this.state);
  }

  post(url, sent, { keepalive = false, key = "" } = {}) {
    const body = new URLSearchParams({
      csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value,
      ...sent.work, version: sent.base, editor: sent.editor, sequence: sent.sequence, key,
      step: key ? "submit" : "save",
    });
    if (keepalive && body.toString().length > KEEPALIVE_BYTES) return Promise.reject(new Error("too long"));
    return fetch(url, {
      method: "POST", body, keepalive, headers: { Accept: "application/json" }, redirect: "error",
    });
  }

  // One save at a time: the next one starts from the version the last one made.
  async save() {
    clearTimeout(this.timer);
    if (this.sending) { await this.sending; }
    if (!this.isDirty || this.isPaused || this.sending) return;
    this.say("saving");
    this.sending = this.sendOnce(this.change);
    await this.sending;
    this.sending = null;
    if (this.isDirty && !this.isPaused) this.timer = setTimeout(() => this.save(), this.pause());
  }

  pause() {
    if (!this.failures) return QUIET_MS;
    return Math.min(LONGEST_WAIT_MS, 1000 * 2 ** (this.failures - 1)) * (0.75 + Math.random() / 2);
  }

  async sendOnce(sent) {
    try {
      const response = await this.post(this.form.dataset.save, sent);
      await this.hear(response, sent);
    } catch (error) {
      this.failures += 1;
      this.say(error.isAnswer ? "refused" : "offline");
    }
  }

  async hear(response, sent) {
    if (response.status === 401 || response.status === 403) return this.renew();
    if (response.status === 422) return this.refuse(await response.json());
    if (response.status !== 200 && response.status !== 409) {
      throw Object.assign(new Error(String(response.status)), { isAnswer: true });
    }
    const stored = await response.json();
    this.showReadings(stored.readings ?? {});
    this.failures = 0;
    if (stored.state === "saved") return this.acknowledge(sent, stored.version);
    if (stored.state === "superseded") return this.fallBehind(sent, stored);
    if (stored.state === "conflict") return this.showConflict(stored);
    this.version = stored.version;
    this.say(stored.state);
    for (const part of this.parts) part.readOnly = true;
    return undefined;
  }

  async acknowledge(sent, version) {
    if (sent.sequence < this.acknowledged) return;
    Object.assign(this, { acknowledged: sent.sequence, version, stored: sent.work });
    this.form.elements.version.value = version;
    if (this.isDirty) { await this.keepLocally(); return; }
    await local.remove(this.key);
    this.say("saved");
  }

  // A later change of this very tab is stored: an overtaken request of a living page, or last words
  // that reached the server after the page was opened again.
  async fallBehind(sent, stored) {
    if (sent.sequence < this.sequence) return;
    if (this.isTouched) { this.showConflict(stored); return; }
    const work = this.workFrom(stored);
    this.fill(work);
    await this.acknowledge({ ...sent, work }, stored.version);
  }

  refuse(told) { this.failures += 1; this.say("invalid", told.message); }

  // Logged out, or logged in again meanwhile: then the page needs the new session's token.
  async renew() {
    this.failures += 1;
    const response = await fetch(this.form.dataset.stateUrl, { headers: { Accept: "application/json" } });
    const isBack = response.ok;
    if (isBack) this.form.elements.csrfmiddlewaretoken.value = (await response.json()).token;
    this.form.querySelector("[data-login-link]").hidden = isBack;
    if (isBack) this.failures = 0;
    else this.say("login");
  }

  leave() {
    if (!this.isDirty || this.isClosed) return;
    local.putNow(this.record);
    if (this.isPaused) return;
    const sent = this.change;
    this.post(this.form.dataset.save, sent, { keepalive: true })
      .then((response) => this.hear(response, sent)).catch(() => {});
  }

  // Until somebody chooses, the version stays the one this text began from: a reload asks again.
  showConflict(stored) {
    const panel = this.form.querySelector(".conflict");
    panel.querySelector("[data-theirs]").textContent = this.tell(this.workFrom(stored));
    panel.hidden = false;
    this.theirs = stored;
    this.say("conflict");
    this.keepLocally();
  }

  // A work as one text: the answer, the estimates under their labels, the diagram's source.
  tell(work) {
    const lines = this.parts.filter((part) => part.name.startsWith(ESTIMATE) && work[part.name].trim())
      .map((part) => `${part.labels[0].textContent.trim()}: ${work[part.name]}`);
    return [work.text, lines.join("\n"), work.diagram].filter((one) => one?.trim()).join("\n\n");
  }

  async choose(whose) {
    this.form.querySelector(".conflict").hidden = true;
    if (whose === "theirs") await this.giveWay();
    this.version = this.theirs.version;
    this.stored = this.workFrom(this.theirs);
    this.sequence += 1;
    this.form.elements.version.value = this.version;
    this.say(this.isDirty ? "unsaved" : "saved");
    this.showCount();
    this.area.focus();
    await this.save();
  }

  // The other text it is; one's own is kept by the server, and in this browser until it is.
  async giveWay() {
    const own = this.record;
    this.editor = newName();
    await claim(this.editor);
    this.fill(this.workFrom(this.theirs));
    await local.put(own);
    await this.handOver(own);
  }

  async onSubmit(event) {
    event.preventDefault();
    if (event.submitter?.hasAttribute("data-save-now")) { await this.save(); return; }
    if (this.submitting) return;
    if (this.state === "conflict") { this.form.querySelector(".conflict button").focus(); return; }
    this.submitting = true;
    clearTimeout(this.timer);
    await this.sending;
    await this.submit().catch(() => { this.failures += 1; this.say("unsent"); });
    this.submitting = false;
  }

  async submit() {
    const sent = this.change;
    const key = this.form.elements.key.value;
    let response = await this.post(this.form.action, sent, { key });
    if (response.status === 401 || response.status === 403) {
      await this.renew();
      if (this.failures) return;
      response = await this.post(this.form.action, sent, { key });
    }
    if (response.status !== 200) { await this.hear(response, sent); return; }
    const { url } = await response.json();
    this.stored = sent.work;
    await local.remove(this.key);
    if (!this.words.region) { location.assign(url); return; }
    await htmx.ajax("GET", url, { target: `#${CSS.escape(this.words.region)}`, swap: "outerMorph" });
    if (this.form.isConnected) this.say("submitted"); // it could not be fetched; it is handed in
  }

  // ---- what the person sees ----
  say(state, text) {
    const changed = state !== this.state;
    this.state = state;
    const place = this.form.querySelector(".save-state");
    const look = { login: "offline", invalid: "offline", unsent: "offline", refused: "offline", submitted: "conflict", over: "conflict" };
    place.dataset.state = look[state] ?? state;
    const invalid = this.form.querySelector("[data-invalid]");
    if (invalid) invalid.textContent = state === "invalid" ? text : "";
    place.textContent = (invalid ? null : text) ?? this.word(place.dataset.state === "offline" && !this.isKept ? "fragile" : state);
    if (state !== "login" && state !== "saving") this.form.querySelector("[data-login-link]").hidden = true;
    if (changed && place.dataset.state !== "saving" && state !== "unsaved") this.announce(state, place);
    this.showGraded();
  }

  // Read aloud what needs attention; a save that worked, only after one that did not.
  announce(state, place) {
    const isTrouble = place.dataset.state !== "saved";
    if (isTrouble || this.troubled) this.form.querySelector("[data-news]").textContent = place.textContent;
    this.troubled = isTrouble;
  }

  word(state) {
    return (this.words[`word${state[0].toUpperCase()}${state.slice(1)}`] ?? "").replace("{version}", this.version);
  }

  showGraded() {
    const place = this.form.querySelector("[data-graded]");
    if (this.isPaused) place.textContent = "";
    else if (this.isDirty && this.failures) place.textContent = this.word(this.version ? "behind" : "nothing");
    else if (this.isDirty) place.textContent = this.words.wordPending;
    else if (this.version) place.textContent = this.word("graded");
  }

  // How the server understood an estimate, unless it has changed since.
  showReadings(readings) {
    for (const [id, reading] of Object.entries(readings)) {
      const part = this.form.elements[ESTIMATE + id];
      if (part && part.value.trim() === reading.of.trim()) this.showReading(part, reading);
    }
  }

  showReading(part, { words, ok }) {
    const place = document.getElementById(`${part.id}-reading`);
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle("bad", !ok);
    part.setAttribute("aria-invalid", String(!ok));
  }

  // ---- the diagram's building blocks, and the preview ----
  // A snippet goes on a line of its own after the cursor's; its name is selected, to be typed over.
  insert(snippet) {
    const pad = this.form.elements.diagram;
    if (pad.readOnly) return;
    let number = 1;
    const named = (n) => snippet.replaceAll("{n}", n === 1 ? "" : String(n));
    const isTaken = (line) => new RegExp(`^\\s*${line.split(":")[0]}\\s*[:.{\\n-]`, "m").test(`${pad.value}\n`);
    while (snippet.includes("{n}") && isTaken(named(number))) number += 1;
    const end = pad.value.indexOf("\n", pad.selectionEnd);
    const at = end < 0 ? pad.value.length : end;
    const before = at && pad.value[at - 1] !== "\n" ? "\n" : "";
    pad.focus();
    pad.setRangeText(before + named(number), at, at, "end");
    const label = /: ([^{]*[^{\s])/.exec(named(number));
    const start = at + before.length + label.index + 2;
    pad.setSelectionRange(start, start + label[1].length);
    pad.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show(view) {
    for (const button of this.form.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    this.area.hidden = view === "preview";
    this.form.querySelector("#preview").hidden = view !== "preview";
  }

  showCount() {
    const count = this.area.value.trim() ? this.area.value.trim().split(/\s+/).length : 0;
    this.form.querySelector(".words").textContent = this.words.wordWords.replace("{count}", count);
  }
}

// ---- waiting for a grade -----------------------------------------------------------------------
function showLostPolls(event) {
  const lost = event.target.closest?.(".result-region")?.querySelector(".poll-lost");
  if (lost) lost.hidden = false;
}

for (const clock of document.querySelectorAll(".clock[data-deadline]")) runClock(clock);
// Follow-up questions come while the page is open, when its last stage is graded.
const begun = new WeakSet();
function beginEditors() {
  for (const form of document.querySelectorAll("form[data-answer]")) {
    if (!begun.has(form)) new AnswerEditor(form).start();
    begun.add(form);
  }
}

beginEditors();
document.addEventListener("htmx:after:settle", beginEditors);
document.addEventListener("htmx:error", showLostPolls);
document.addEventListener("htmx:response:error", showLostPolls);
