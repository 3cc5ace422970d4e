// The stage: shows any optviz figure. Plotly draws what stands still (contour, faint paths, loss curves) and is updated
// in place; two canvases above it draw what moves (travelled paths; heads, comet tails and the play-head).
//
// A message is one binary blob: uint32 header length, JSON header, then arrays. See optviz/stage/message.py, which
// also joins the modules of this folder into one.

import { Axes } from "./axes.js";
import { at, clip, dashOf, exit, lengths, markerPath, piePath, rgb, stroke } from "./drawing.js";
import { serverAnswered, watchConnection } from "./connection.js";
import { nextHint, skipHint } from "./hints.js";
import { PICTURES, recordVideo, videoTypes } from "./pictures.js";
import { Requests } from "./requests.js";
import { counted, happened, put, standings } from "./sentences.js";

const SECONDS_PER_RUN = 8; // at speed 1
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const NARROW_BELOW = 620;
const CLICK_THRESHOLD = 4;
const TAIL_STEPS = 14;
const MAPS_KEPT = 12;
const KEYS_OF_THEIR_OWN = "input, textarea, select, button, summary, a, [tabindex='0'], [role=slider], [role=radio], "
  + "[role=listbox], [role=tab], [contenteditable=true]";
const GRAB_RADIUS = 14;
const ONE_SPOT = 2; // pixels between heads that hide each other
const DOUBLE_CLICK = 300; // milliseconds
const UNLIKE_FOR = 2500; // milliseconds for which page and picture may show different races
const TOUR_MOVES = 0.75; // the share of a seed's time in which its paths move; then the picture rests
const PRESENTED = 1.6; // how much thicker lines and heads are in a lecture room

const maps = new Map(); // map key → arrays of the surface, for as long as the document lives
const vocabularies = new Map(); // words key → { text, themes }, for as long
let plotlyLoading = null;

export default function stage({ parentElement, data, setTriggerValue }) {
  const root = parentElement;
  if (!root.optvizStage) root.optvizStage = new Stage(root);
  root.optvizStage.receive(toBytes(data), (asked) => setTriggerValue("asked", asked));
}

// For a page without a server: the same blob, inlined.
export function show(element, bytes) {
  const shown = new Stage(element);
  shown.receive(bytes, null);
  return shown;
}

function toBytes(data) {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
}

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!plotlyLoading) {
    plotlyLoading = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(url, document.baseURI).href;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => {
        plotlyLoading = null;
        script.remove();
        reject(new Error("plotly.js did not load"));
      };
      document.head.appendChild(script);
    });
  }
  return plotlyLoading;
}

// Blob → { header, arrays }. Two-dimensional arrays become arrays of rows, as Plotly takes them.
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength)));
  const first = 4 + headerLength + ((4 - (headerLength % 4)) % 4);
  const arrays = new Map();
  for (const { name, shape, type, offset } of header.arrays) {
    const Kind = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array }[type];
    const length = shape.reduce((product, n) => product * n, 1);
    const from = bytes.byteOffset + first + offset;
    const flat = new Kind(bytes.buffer.slice(from, from + Kind.BYTES_PER_ELEMENT * length));
    arrays.set(name, shape.length < 2 ? flat : rows(flat, shape[1]));
    for (let column = 0; shape.length > 1 && !name.startsWith("map/") && column < shape[1]; column += 1) {
      arrays.set(`${name}:${column}`, flat.filter((_, place) => place % shape[1] === column));
    }
  }
  return { header, arrays };
}

function rows(flat, width) {
  const list = [];
  for (let start = 0; start < flat.length; start += width) list.push(flat.subarray(start, start + width));
  return list;
}

function fill(value, arrays, theme) {
  if (Array.isArray(value)) return value.map((item) => fill(item, arrays, theme));
  if (value && typeof value === "object") {
    const filled = {};
    for (const [name, item] of Object.entries(value)) filled[name] = fill(item, arrays, theme);
    return filled;
  }
  if (typeof value === "string" && value.startsWith("@@")) return value.slice(1);
  if (typeof value === "string" && value.startsWith("@theme/")) return theme[value.slice(7)];
  if (typeof value === "string" && value.startsWith("@")) return arrays.get(value.slice(1));
  return value;
}

function merge(base, patch) {
  for (const [name, item] of Object.entries(patch ?? {})) {
    const both = item && base[name] && typeof item === "object" && typeof base[name] === "object";
    if (both && !Array.isArray(item) && !ArrayBuffer.isView(item)) merge(base[name], item);
    else base[name] = item;
  }
  return base;
}

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  back: "M16 5v14L7 12zM5 5h2v14H5z",
  forward: "M8 5v14l9-7zM17 5h2v14h-2z",
  first: "M19 5v14l-8-7zM11 5v14l-8-7z",
  last: "M5 5v14l8-7zM13 5v14l8-7z",
  save: "M5 20h14v-2H5zM19 9h-4V3H9v6H5l7 7z",
  pin: "M16 9V4h1V2H7v2h1v5l-2 3v2h5.2v7l.8 1 .8-1v-7H18v-2z",
  tour: "M4 6h10v2H4zM4 11h10v2H4zM4 16h6v2H4zM14 13.5v7l6-3.5z",
  veil: "M12 5C6.5 5 2.6 9.6 1.5 12c.5 1.1 1.6 2.7 3.2 4.1L3 17.8l1.4 1.4L20.2 3.4l-1.4-1.4-3.5 3.5A10.5 10.5 0 0 0 12 5m0 4a3 3 0 0 1 .9.14l-3.760 3.760A3 3 0 0 1 12 9m6.5-.9-3.7 3.7a3 3 0 0 1-3 3l-2.1 2.1c.7.15 1.5.2 2.3.2 5.5 0 9.4-4.6 10.5-7-.5-1.1-2-3-4-4",
  more: "M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4m6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4m6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
};

function icon(name) {
  return `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path fill="currentColor" d="${ICONS[name]}"/></svg>`;
}

class Stage {
  constructor(root) {
    this.root = root;
    this.requests = new Requests();
    this.header = null;
    this.arrays = new Map();
    this.position = null; // in steps, fractional while playing
    this.playing = false;
    this.speed = 1;
    this.chosen = {}; // group of views → the one that is on
    this.hidden = new Set();
    this.viewStamp = null;
    this.rendering = Promise.resolve();
    this.frames = 0;
    this.live = { number: 0, inFlight: null, waiting: null }; // what follows the hand: one request at a time
    this.grabbed = null; // where the start is held, in pixels of the plot
    this.toured = null; // the number of the tour's seed that was last played
    this.recording = null;
    this.veiled = false; // whether what is still to come is hidden
    this.axes = new Axes();
    this.unlikeSince = null;
    this.rateHeld = false;
    this.shownRace = null; // the race that the last message was about
    this.played = null; // the race that has been played to its end under the veil
    this.build();
  }

  build() {
    if (!document.getElementById("optviz-stage-style")) {
      const style = document.createElement("style");
      style.id = "optviz-stage-style";
      style.textContent = STYLE_SHEET; // stage.css, appended to this module where it is served
      document.head.appendChild(style);
    }
    this.root.innerHTML = "";
    const body = document.createElement("div");
    body.className = "optviz-stage";
    body.tabIndex = -1;
    body.innerHTML = `
      <div class="optviz-legend" role="group"></div>
      <div class="optviz-picture"><div class="optviz-plot"></div>
        <canvas class="optviz-trails" aria-hidden="true"></canvas><canvas class="optviz-heads" aria-hidden="true"></canvas>
        <button data-do="home" class="optviz-home" hidden><span></span></button>
      </div>
      <div class="optviz-docked"><div class="optviz-transport">
        <div class="optviz-buttons">
          <button data-do="first">${icon("first")}</button><button data-do="back">${icon("back")}</button>
          <button data-do="play" class="optviz-play">${icon("play")}</button>
          <button data-do="forward">${icon("forward")}</button><button data-do="last">${icon("last")}</button>
        </div>
        <input type="range" class="optviz-scrubber" min="0" step="1">
        <output class="optviz-readout"></output>
        <div class="optviz-extra">
          <select class="optviz-speed"></select>
          <label class="optviz-rate"><span></span><input type="range" step="0.05"><output></output></label>
          <div class="optviz-choices"></div>
        </div>
        <div class="optviz-buttons optviz-tools">
          <button data-do="more" aria-expanded="false">${icon("more")}</button>
          <button data-do="veil" aria-pressed="false">${icon("veil")}</button>
          <button data-do="tour" aria-pressed="false">${icon("tour")}<span></span><b></b></button>
          <button data-do="pin" aria-pressed="false">${icon("pin")}<span></span></button>
          <button data-do="save" aria-haspopup="menu" aria-expanded="false">${icon("save")}</button>
        </div>
        <div class="optviz-menu" role="menu" tabindex="-1" hidden></div>
      </div>
      <div class="optviz-says"><p class="optviz-sentence" aria-live="polite"></p>
        <p class="optviz-hint" hidden><span></span><button data-do="hint">×</button></p></div></div>`;
    this.root.appendChild(body);
    this.body = body;
    const find = (name) => body.querySelector(`.optviz-${name}`);
    this.plot = find("plot");
    this.trails = find("trails");
    this.heads = find("heads");
    this.legend = find("legend");
    this.transport = find("transport");
    this.scrubber = find("scrubber");
    this.readout = find("readout");
    this.speedPicker = find("speed");
    this.rate = find("rate");
    this.choices = find("choices");
    this.sentence = find("sentence");
    this.menu = find("menu");
    this.hint = find("hint");
    this.homeward = find("home");
    body.querySelectorAll("button[data-do]").forEach((button) => {
      button.type = "button";
      button.addEventListener("click", () => this.act(button.dataset.do));
    });
    this.scrubber.addEventListener("input", () => {
      this.pause();
      this.seek(Number(this.scrubber.value));
    });
    this.speedPicker.addEventListener("change", () => {
      this.speed = Number(this.speedPicker.value);
    });
    const handle = this.rate.querySelector("input");
    handle.addEventListener("input", () => {
      this.rateHeld = true;
      this.showRate(rateOf(handle));
      this.follow({ learning_rate: rateOf(handle) });
    });
    handle.addEventListener("change", () => {
      this.rateHeld = false;
      this.settle("learning_rate", rateOf(handle));
    });
    // Brought back to where it was, it has not changed, and the browser says nothing of it.
    const letGo = () => window.setTimeout(() => {
      if (this.rateHeld) this.settle("let_go", null);
      this.rateHeld = false;
    });
    for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) handle.addEventListener(name, letGo);
    this.listenForGrabs();
    this.listenForClicks();
    this.menu.addEventListener("keydown", (event) => this.menuKey(event));
    // Not every browser gives a button that is clicked the focus, so losing it to nothing says nothing.
    this.menu.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !this.menu.contains(relatedTarget) && relatedTarget.dataset?.do !== "save") this.openMenu(false);
    });
    this.onPointerDown = ({ target }) => {
      if (!this.menu.contains(target) && !target.closest?.("[data-do=save]")) this.openMenu(false);
    };
    document.addEventListener("pointerdown", this.onPointerDown, true);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.resizing = new ResizeObserver(() => this.resized());
    this.resizing.observe(this.plot.parentElement);
    this.watch = window.setInterval(() => this.checkSurroundings(), 700);
  }

  // Streamlit calls the component again for every message and never says goodbye, so the stage looks for itself.
  checkSurroundings() {
    if (!this.body.isConnected) {
      window.clearInterval(this.watch);
      window.clearTimeout(this.rest);
      window.clearTimeout(this.click);
      this.requests.stop();
      this.recording?.stop();
      this.resizing.disconnect();
      delete this.root.optvizStage;
      document.removeEventListener("keydown", this.onKey);
      document.removeEventListener("pointerdown", this.onPointerDown, true);
      document.removeEventListener("pointerup", this.onPointerUp, true);
      this.playing = false;
      if (window.Plotly) window.Plotly.purge(this.plot);
      return;
    }
    if (!this.header) return;
    if (this.themeName() !== this.drawnTheme && !this.recording?.running) this.render();
    this.compareWithPage();
  }

  ask(what, value) {
    this.requests.ask(what, value);
  }

  // The page around the picture says which race it was last run for; where that stays another one than the picture's,
  // an answer has been lost on the way, and the server is asked for the whole page again.
  compareWithPage() {
    const page = document.querySelector("[data-optviz-race]")?.dataset.optvizRace;
    const { race } = this.header;
    const busy = document.querySelector("[data-test-script-state=running]");
    if (!page || !race || page === race || busy) this.unlikeSince = null;
    else if (this.unlikeSince === null) this.unlikeSince = Date.now();
    else if (Date.now() - this.unlikeSince > UNLIKE_FOR) {
      this.unlikeSince = null;
      this.ask("page", race);
    }
  }

  receive(bytes, send) {
    this.requests.send = send;
    serverAnswered();
    const { header, arrays } = unpack(bytes);
    this.requests.heard(header.heard);
    const own = [...arrays].filter(([name]) => name.startsWith("map/"));
    if (own.length) {
      maps.delete(header.map_key);
      maps.set(header.map_key, own);
      if (maps.size > MAPS_KEPT) maps.delete(maps.keys().next().value);
    }
    if (header.text) vocabularies.set(header.words_key, { text: header.text, themes: header.themes });
    Object.assign(header, vocabularies.get(header.words_key));
    const kept = maps.get(header.map_key);
    if (!header.text || (header.map_key && !kept)) {
      this.ask("map", header.map_key);
      return;
    }
    for (const [name, array] of kept ?? []) arrays.set(name, array);
    const steps = header.playback?.steps ?? 0;
    const before = this.header?.playback?.steps;
    const atEnd = this.position === null || this.position >= before;
    this.header = header;
    this.arrays = arrays;
    if (atEnd && !this.playing) this.position = steps;
    this.position = Math.min(this.position, steps);
    if (!header.tour) this.toured = null;
    if (!header.tour) window.clearTimeout(this.rest);
    if (header.view && header.view.stamp !== this.viewStamp) {
      this.viewStamp = header.view.stamp;
      this.chosen = { ...header.view.chosen };
      this.hidden = new Set(header.view.hidden);
      // A veil that comes with going back hides what was seen without it.
      if (header.view.veiled && !this.veiled) {
        this.played = null;
        this.position = 0;
      }
      this.veiled = Boolean(header.view.veiled);
    }
    const race = header.shown ?? header.token;
    if (header.played) this.played = race;
    // Of a race that comes under the veil nothing has been seen but the start.
    if (this.endIsHidden() && !this.playing && race !== this.shownRace) this.position = 0;
    this.shownRace = race;
    for (const [group, names] of Object.entries(header.choices)) {
      if (!names.includes(this.chosen[group])) this.chosen[group] = names[0];
    }
    this.dress();
    this.render();
  }

  endIsHidden() {
    return this.veiled && Boolean(this.header.playback) && this.played !== (this.header.shown ?? this.header.token);
  }

  // Who has seen the last step under the veil has seen the race: nothing of it is hidden any more.
  reveal() {
    this.played = this.header.shown ?? this.header.token;
    this.ask("played", this.played);
    this.render();
  }

  // Everything around the picture: words, legend, buttons.
  dress() {
    const { text, playback, choices } = this.header;
    this.body.setAttribute("role", "group");
    this.body.setAttribute("aria-label", text.stage);
    this.plot.setAttribute("role", "img");
    this.homeward.querySelector("span").textContent = text.home;
    if (!playback) this.plot.setAttribute("aria-label", text.stage);
    // Readers of the screen choose their voice by it; Streamlit's page says English.
    if (this.header.language) document.documentElement.lang = this.header.language;
    // Streamlit's own link for those who use the keyboard, the first that Tab finds, speaks English only.
    const skip = document.querySelector("[data-testid=stSkipToContent]");
    if (skip) skip.textContent = text.skip_to_content;
    this.body.querySelectorAll("button[data-do]").forEach((button) => label(button, text[button.dataset.do]));
    this.legend.setAttribute("aria-label", text.legend);
    this.scrubber.setAttribute("aria-label", text.scrubber);
    this.speedPicker.setAttribute("aria-label", text.speed);
    this.speedPicker.title = text.speed;
    this.rate.hidden = !this.header.rates;
    if (this.header.rates) this.dressRate(this.header.rates);
    this.setPlayIcon();
    watchConnection(text.lost);
    this.dressTools();
    this.scrubber.max = playback?.steps ?? 0;
    // As wide as it will ever be for this race.
    this.readout.style.minWidth = `${2 * String(this.scrubber.max).length + 3}ch`;
    this.transport.hidden = !playback;
    if (this.speedPicker.options.length === 0) {
      for (const speed of SPEEDS) this.speedPicker.add(new Option(`${speed}×`, speed, false, speed === this.speed));
    }
    const groups = Object.entries(choices).filter(([, names]) => names.length > 1);
    sync(this.choices, groups, () => {
      const box = document.createElement("div");
      box.className = "optviz-views";
      box.setAttribute("role", "group");
      return box;
    }, (box, [group, names]) => {
      box.setAttribute("aria-label", text[`choose_${group}`]);
      sync(box, names, () => {
        const button = document.createElement("button");
        button.type = "button";
        button.addEventListener("click", () => this.choose(button.dataset.group, button.dataset.name));
        return button;
      }, (button, name) => {
        button.dataset.group = group;
        button.dataset.name = name;
        button.textContent = text[`view_${name}`];
        button.title = text[`view_${name}_help`];
        button.setAttribute("aria-pressed", String(name === this.chosen[group]));
      });
    });
    sync(this.legend, playback?.racers ?? [], () => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.innerHTML = '<svg width="30" height="12" viewBox="0 0 30 12" aria-hidden="true"><line x1="1" y1="6" x2="29" y2="6"/><path/></svg><span></span><span class="optviz-wins"></span>';
      chip.addEventListener("click", () => this.toggle(Number(chip.dataset.index)));
      return chip;
    }, (chip, racer, index) => {
      chip.dataset.index = index;
      chip.title = text.legend_help;
      chip.querySelector("span").textContent = racer.name;
      // The place of the tally is there before the tour, or the picture would move when it begins.
      const tally = chip.querySelector(".optviz-wins");
      tally.hidden = !this.header.tools?.includes("tour");
      tally.textContent = this.header.tour ? put(text.tally, { wins: this.header.tour.wins[index] }) : "";
      chip.setAttribute("aria-pressed", String(!this.hidden.has(index)));
    });
  }

  // The thumb stands for the highest learning rate, on one scale for all; where rates differ all go with it by the same
  // factor, down to where the lowest is the least.
  dressRate({ lowest, highest, least, most }) {
    const { text } = this.header;
    const apart = lowest !== highest;
    const handle = this.rate.querySelector("input");
    this.rate.title = text[apart ? "rate_scaled" : "rate_help"];
    this.rate.dataset.apart = String(apart);
    this.rate.querySelector("span").textContent = apart ? "η ×" : "η";
    handle.setAttribute("aria-label", text[apart ? "rate_scaled" : "rate"]);
    if (this.live.inFlight !== null || this.rateHeld) return;
    const step = Number(handle.step);
    handle.min = String(Math.ceil(Math.log10((least * highest) / lowest) / step - 1e-6) * step);
    handle.max = String(Math.log10(most));
    handle.value = String(Math.log10(highest));
    this.showRate(highest);
  }

  // What the page around the stage offers: each of its tools has a button, and none has one where there is no page.
  dressTools() {
    const { text, tools = [], tour } = this.header;
    const button = (name) => this.transport.querySelector(`[data-do=${name}]`);
    for (const name of ["tour", "pin"]) button(name).hidden = !tools.includes(name);
    button("pin").setAttribute("aria-pressed", String(Boolean(this.header.pinned)));
    button("tour").setAttribute("aria-pressed", String(Boolean(tour)));
    button("pin").querySelector("span").textContent = text.pin_short;
    const [told, number] = button("tour").querySelectorAll("span, b");
    told.textContent = tour ? put(counted(text, "tour_count", tour.visited), { count: tour.visited }) : text.tour_short;
    number.textContent = tour ? tour.visited : "";
    button("veil").setAttribute("aria-pressed", String(this.veiled));
    label(button("veil"), text[this.veiled ? "unveil" : "veil"]);
    label(button("pin"), text[this.header.pinned ? "unpin" : "pin"]);
    label(button("tour"), text[tour ? "tour_end" : "tour"]);
    this.body.dataset.present = String(Boolean(this.header.present));
    this.body.dataset.touring = String(Boolean(tour));
    const videos = this.header.playback ? Object.keys(videoTypes()) : [];
    const entries = ["png", "svg", ...videos, ...(this.header.link ? ["link"] : [])];
    sync(this.menu, entries, () => {
      const entry = document.createElement("button");
      entry.type = "button";
      entry.setAttribute("role", "menuitem");
      entry.addEventListener("click", () => this.take(entry.dataset.take));
      return entry;
    }, (entry, name) => {
      entry.dataset.take = name;
      entry.textContent = text[videos.includes(name) && this.recording ? "video_stop" : `save_${name}`];
    });
    this.showHint();
  }

  showHint() {
    const hint = this.header.present ? null : nextHint(this.header.hints ?? []);
    this.hint.hidden = !hint;
    if (hint) this.hint.querySelector("span").textContent = (coarse() && hint.on_touch) || hint.text;
  }

  // A hint goes when it is put away, or when what it says has been done.
  done(what) {
    if (!this.header?.hints) return;
    skipHint(what);
    this.showHint();
  }

  openMenu(open) {
    this.menu.hidden = !open;
    this.transport.querySelector("[data-do=save]").setAttribute("aria-expanded", String(open));
    if (open) this.menu.firstElementChild?.focus();
  }

  menuKey(event) {
    const entries = [...this.menu.children];
    const place = entries.indexOf(document.activeElement);
    const to = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (event.key === "Escape") this.openMenu(false);
    if (event.key === "Escape") this.transport.querySelector("[data-do=save]").focus();
    if (to !== undefined) entries.at(to % entries.length).focus();
    if (to !== undefined || event.key === "Escape") event.preventDefault();
    event.stopPropagation();
  }

  async take(what) {
    this.openMenu(false);
    this.transport.querySelector("[data-do=save]").focus();
    try {
      if (what === "link") await this.copyLink();
      else if (PICTURES[what]) await PICTURES[what](this);
      else if (this.recording) this.recording.stop();
      else await this.record(what);
    } catch (error) {
      this.sentence.textContent = this.header.text.not_saved;
      console.error(error);
    }
  }

  // A video shows the paths grow, without those that are still to come. Any other picture than the one it began with
  // ends it: the axes would not be those of the paths any more.
  async record(ending) {
    this.recording = recordVideo(this, ending);
    this.body.dataset.recording = "true";
    this.dressTools();
    this.sentence.textContent = this.header.text.recording;
    try {
      this.render();
      await this.rendering;
      await this.recording.run();
    } finally {
      this.recording = null;
      this.body.dataset.recording = "false";
      this.dressTools();
      this.shownStep = null;
      this.render();
    }
  }

  async copyLink() {
    const link = `${location.origin}${location.pathname}?${this.header.link}`;
    this.sentence.textContent = (await copied(link)) ? this.header.text.link_copied : put(this.header.text.link_shown, { link });
  }

  showRate(rate) {
    const { lowest, highest } = this.header.rates;
    const said = (value) => Number(value.toPrecision(3)).toString();
    const all = lowest === highest ? said(rate) : `${said((rate * lowest) / highest)}–${said(rate)}`;
    this.rate.querySelector("output").textContent = all;
    this.rate.querySelector("input").setAttribute("aria-valuetext", all);
  }

  // While something is dragged the server is told where it is now, and answers with a picture; the next request leaves
  // when that picture has been drawn, and takes the newest value along.
  follow(value) {
    if (this.live.inFlight !== null) {
      this.live.waiting = value;
      return;
    }
    this.live.number += 1;
    this.live.inFlight = this.live.number;
    this.live.waiting = null;
    this.requests.follow({ ...value, number: this.live.number });
  }

  answered(number) {
    if (this.live.inFlight === null || number !== this.live.inFlight) return;
    this.live.inFlight = null;
    this.requests.follow(null);
    if (this.live.waiting) this.follow(this.live.waiting);
  }

  // On release the value is committed: only this one is in the address and in the history.
  settle(name, value) {
    this.settled();
    this.ask(name, value);
  }

  settled() {
    this.requests.follow(null);
    this.live.inFlight = null;
    this.live.waiting = null;
  }

  themeName() {
    const [red, green, blue] = rgb(getComputedStyle(this.root).getPropertyValue("--st-background-color")) ??
      rgb(getComputedStyle(document.body).backgroundColor) ?? [255, 255, 255];
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
  }

  render() {
    // One Plotly.react at a time; a message that arrives meanwhile replaces the one that waits.
    if (this.waiting) return;
    this.waiting = true;
    this.rendering = this.rendering.then(() => {
      this.waiting = false;
      return this.draw();
    }).catch((error) => {
      this.waiting = false;
      this.sentence.textContent = this.header.text.broken;
      console.error(error);
    });
  }

  async draw() {
    const Plotly = await loadPlotly(this.header.plotly);
    const { header, arrays } = this;
    const { clientWidth: width, clientHeight: height } = this.plot.parentElement;
    const picture = JSON.stringify([header.token, header.plot.layout, this.chosen, [...this.hidden], this.endIsHidden(), width, height]);
    // A video goes on through what changes nothing but colours, in those that it began with.
    if (this.recording?.running && picture === this.drawnPicture) return this.answered(header.live);
    this.drawnPicture = picture;
    this.drawnTheme = this.themeName();
    this.theme = header.themes[this.drawnTheme];
    this.body.dataset.theme = this.drawnTheme;
    this.arrangement = width < NARROW_BELOW && header.arrangements.narrow ? "narrow" : "wide";
    this.body.dataset.arrangement = this.arrangement;
    const touch = coarse();
    if (this.recording?.running) this.recording.stop();
    const plot = fill(header.plot, arrays, this.theme);
    merge(plot.layout, fill(header.arrangements[this.arrangement] ?? {}, arrays, this.theme));
    if (header.present && this.arrangement === "wide") merge(plot.layout, fill(header.arrangements.presented ?? {}, arrays, this.theme));
    this.thickness = header.present ? PRESENTED : 1;
    if (touch) Object.assign(plot.layout, { dragmode: false, hovermode: false }); // a tap sets the start
    for (const group of Object.keys(header.choices)) {
      const view = fill(header.views[this.chosen[group]], arrays, this.theme);
      merge(plot.layout, view.layout);
      if (this.endIsHidden()) merge(plot.layout, view.veiled);
      for (const [index, patch] of Object.entries(view.data)) merge(plot.data[index], patch);
    }
    header.playback?.racers.forEach((racer, index) => {
      for (const trace of racer.traces) {
        plot.data[trace].visible = !this.hidden.has(index);
        plot.data[trace].line.width *= this.thickness;
      }
      if (!this.endIsHidden() && !header.tour && !this.recording) return;
      for (const trace of racer.future) plot.data[trace].visible = false;
    });
    this.axes.arrange(plot.layout, header.map_key);
    plot.layout.width = width;
    plot.layout.height = height;
    this.axes.spaceTicks(plot.layout);
    plot.layout.autosize = false;
    this.axes.forget(this.plot._fullLayout);
    await Plotly.react(this.plot, plot.data, plot.layout, {
      displayModeBar: false,
      responsive: false,
      doubleClick: false,
      showTips: false,
      scrollZoom: false,
    });
    if (!this.listening) {
      this.listening = true;
      const moving = () => {
        if (this.recording?.running) this.recording.stop();
        this.measure();
      };
      this.plot.on("plotly_relayouting", moving);
      this.plot.on("plotly_relayout", () => {
        this.axes.moved(this.plot._fullLayout);
        this.showZoom();
        moving();
        if (this.axes.ticksAreElsewhere(this.plot._fullLayout)) this.render();
      });
    }
    this.axes.settled(this.plot._fullLayout);
    this.showZoom();
    this.paintLegend();
    this.measure();
    this.body.dataset.drawn = header.token;
    this.body.dataset.race = header.race ?? "";
    this.answered(header.live);
    this.goOn();
  }

  // A way home is in sight while an axis is away from it, in the corner of the first chart where one is.
  showZoom() {
    const zoomed = this.axes.zoomed();
    this.body.dataset.zoomed = zoomed.join(" ");
    this.body.dataset.home = JSON.stringify(this.axes.home());
    const held = document.activeElement === this.homeward;
    this.homeward.hidden = !zoomed.length;
    if (!zoomed.length) {
      if (held) (this.transport.hidden ? this.body : this.scrubber).focus({ preventScroll: true });
      return;
    }
    const { xaxis, yaxis, xaxis2, yaxis2 } = this.plot._fullLayout;
    const [x, y] = zoomed[0] === "map" ? [xaxis, yaxis] : [xaxis2, yaxis2];
    this.homeward.style.left = `${x._offset + x._length - 6}px`;
    this.homeward.style.top = `${y._offset + 6}px`;
  }

  goHome(chart = null) {
    this.axes.reset(chart);
    this.render();
  }

  // The chart under or nearest to a place on the screen; its axes belong to it.
  chartAt(clientX, clientY) {
    const { xaxis, yaxis, xaxis2, yaxis2 } = this.plot._fullLayout;
    const frame = this.plot.getBoundingClientRect();
    const away = (value, { _offset, _length }) => Math.max(_offset - value, 0, value - _offset - _length);
    const distance = (x, y) => Math.hypot(away(clientX - frame.left, x), away(clientY - frame.top, y));
    return !xaxis2 || distance(xaxis, yaxis) <= distance(xaxis2, yaxis2) ? "map" : "curves";
  }

  // On a tour each seed is played once, from the start, in the time that it has.
  goOn() {
    const { tour } = this.header;
    if (!tour || tour.number === this.toured) return;
    this.toured = tour.number;
    window.clearTimeout(this.rest);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.seek(calm ? this.header.playback.steps : 0);
    if (calm) this.arrived(1);
    else this.play();
  }

  // The last step has been played: on a tour the picture rests for a share of the seed's time, then the next seed is
  // asked for. Whoever seeks or plays meanwhile looks closer, and the tour goes on once the race has been played again.
  arrived(share = 1 - TOUR_MOVES) {
    const { tour } = this.header;
    if (!tour) return;
    const ask = () => {
      if (this.header.tour?.number !== tour.number || this.playing) return;
      this.ask("tour", { do: "next", number: tour.number });
    };
    this.rest = window.setTimeout(ask, 1000 * tour.seconds * share);
  }

  paintLegend() {
    [...this.legend.children].forEach((chip, index) => {
      const racer = this.header.playback.racers[index];
      const color = fill(racer.color, this.arrays, this.theme);
      const line = chip.querySelector("line");
      line.setAttribute("stroke", color);
      line.setAttribute("stroke-width", "2.4");
      line.setAttribute("stroke-dasharray", dashOf(racer.dash).join(" "));
      const marker = chip.querySelector("path");
      marker.setAttribute("d", markerPath(racer.marker, 15, 6, 4.6));
      marker.setAttribute("fill", color);
    });
  }

  resized() {
    if (!this.header || !this.plot._fullLayout) return;
    const { clientWidth, clientHeight } = this.plot.parentElement;
    const { width, height } = this.plot._fullLayout;
    if (clientWidth && (clientWidth !== width || clientHeight !== height)) this.render();
  }

  array(reference) {
    return this.arrays.get(reference.slice(1));
  }

  // Where every point of every racer is on the screen, for both charts.
  measure() {
    const { playback } = this.header;
    const layout = this.plot._fullLayout;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.trails, this.heads]) {
      const width = Math.round(layout.width * ratio);
      const height = Math.round(layout.height * ratio);
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${layout.width}px`;
        canvas.style.height = `${layout.height}px`;
      }
    }
    this.ratio = ratio;
    if (!playback) return;
    const pixels = (axis, values) => {
      const places = new Float64Array(values.length); // pixels of a path that diverges may go beyond 3e38
      for (let i = 0; i < values.length; i += 1) places[i] = axis._offset + axis.d2p(values[i]);
      return places;
    };
    const { xaxis, yaxis, xaxis2, yaxis2 } = layout;
    const box = (x, y) => ({ left: x._offset, top: y._offset, width: x._length, height: y._length });
    this.boxes = [box(xaxis, yaxis), box(xaxis2, yaxis2)];
    this.headLine = this.chosen.by === "epoch" ? null : pixels(xaxis2, this.array(playback.racers[0].step));
    this.tracks = playback.racers.map((racer) => {
      const charts = [
        { x: pixels(xaxis, this.array(racer.x)), y: pixels(yaxis, this.array(racer.y)) },
        { x: pixels(xaxis2, this.array(racer[this.chosen.by])), y: pixels(yaxis2, this.array(racer[this.chosen.axis])) },
      ];
      charts.forEach((chart, index) => {
        chart.length = lengths(chart.x, chart.y);
        chart.exit = racer.lost_at >= 0 ? exit(chart.x, chart.y, racer.lost_at, this.boxes[index]) : null;
      });
      return { charts, racer, color: fill(racer.color, this.arrays, this.theme) };
    });
    this.trailEnd = null;
    this.paint();
  }

  paint() {
    if (!this.header?.playback || !this.tracks) return;
    const { steps, racers } = this.header.playback;
    const position = Math.min(this.position, steps);
    this.paintTrails(position);
    this.paintHeads(position);
    const step = Math.floor(position + 1e-6);
    if (this.shownStep !== step || this.shownHeader !== this.header) {
      this.shownStep = step;
      this.shownHeader = this.header;
      this.scrubber.value = step;
      this.scrubber.style.setProperty("--done", `${(100 * step) / steps}%`);
      this.readout.textContent = `${step} / ${steps}`;
      this.scrubber.setAttribute("aria-valuetext", `${step} / ${steps}`);
      const shown = racers.map((racer) => ({
        name: racer.name, losses: this.array(racer.loss), standing: this.array(racer.standing), overshoot: racer.overshoot,
      })).filter((_, index) => !this.hidden.has(index));
      const { text } = this.header;
      if (!this.recording && (!this.playing || step % 5 === 0)) this.sentence.textContent = happened(text, shown, step, steps);
      if (!this.playing) this.plot.setAttribute("aria-label", standings(text, shown, step, steps));
    }
    if (position >= steps && this.endIsHidden() && !this.recording && !this.grabbed) this.reveal();
    this.body.dataset.step = String(step);
    this.body.dataset.frames = String(this.frames);
  }

  paintTrails(position) {
    const context = this.trails.getContext("2d");
    const from = this.trailEnd !== null && this.trailEnd <= position ? this.trailEnd : null;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    if (from === null) context.clearRect(0, 0, this.trails.width, this.trails.height);
    if (from !== position) {
      this.boxes.forEach((box, chart) => {
        context.save();
        clip(context, box);
        this.tracks.forEach((track, index) => {
          if (this.hidden.has(index)) return;
          const { x, y, length } = track.charts[chart];
          const start = from ?? 0;
          context.strokeStyle = track.color;
          context.lineWidth = 2.2 * this.thickness;
          context.lineJoin = "round";
          context.setLineDash(dashOf(track.racer.dash));
          context.lineDashOffset = at(length, start);
          stroke(context, x, y, start, position);
        });
        context.restore();
      });
    }
    this.trailEnd = position;
  }

  paintHeads(position) {
    const context = this.heads.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.heads.width, this.heads.height);
    this.paintHeadLine(context, position);
    if (this.grabbed) {
      context.strokeStyle = this.theme.accent;
      context.lineWidth = 3;
      context.stroke(new Path2D(markerPath("circle", this.grabbed.left, this.grabbed.top, 10)));
    }
    this.boxes.forEach((box, chart) => {
      context.save();
      clip(context, { left: box.left - 7, top: box.top - 7, width: box.width + 14, height: box.height + 14 });
      if (this.playing) this.tracks.forEach((track, index) => this.paintTail(context, track, index, chart, position));
      for (const head of this.headsOf(chart, position)) this.paintHead(context, head);
      context.restore();
    });
    this.frames += 1;
    this.recording?.frame();
  }

  paintHeadLine(context, position) {
    if (!this.headLine) return; // by epoch each racer is elsewhere at the same step
    const [, curves] = this.boxes;
    const head = at(this.headLine, position);
    context.save();
    clip(context, curves);
    context.strokeStyle = this.theme.accent;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(head, curves.top);
    context.lineTo(head, curves.top + curves.height);
    context.stroke();
    context.restore();
  }

  paintTail(context, track, index, chart, position) {
    if (this.hidden.has(index)) return;
    const { x, y } = track.charts[chart];
    context.strokeStyle = track.color;
    context.lineCap = "round";
    for (let part = 1; part <= 3; part += 1) {
      context.globalAlpha = 0.16;
      context.lineWidth = (3 + 2.2 * part) * this.thickness;
      stroke(context, x, y, Math.max(0, position - TAIL_STEPS / part), position);
    }
    context.globalAlpha = 1;
  }

  paintHead(context, { path, fill: inside, stroke: edge, width }) {
    const shape = new Path2D(path);
    context.lineWidth = width;
    context.strokeStyle = edge;
    context.fillStyle = inside;
    if (inside !== "none") context.fill(shape);
    context.stroke(shape);
  }

  // What is drawn for the heads of one chart: each by itself, and those on one spot as the pieces of a pie, so that none
  // hides another.
  headsOf(chart, position) {
    const spots = [];
    this.tracks.forEach((track, index) => {
      const head = this.hidden.has(index) ? null : this.headOf(track, chart, position);
      if (!head) return;
      const spot = spots.find(([first]) => Math.hypot(first.left - head.left, first.top - head.top) <= ONE_SPOT);
      if (spot) spot.push({ ...head, color: track.color });
      else spots.push([{ ...head, color: track.color }]);
    });
    const edge = this.theme.label_back;
    const radius = (chart === 0 ? 8.5 : 7) * Math.sqrt(this.thickness);
    return spots.flatMap((spot) => spot.map(({ cross, path, color }, piece) => {
      if (cross) return { path, fill: "none", stroke: color, width: 2.5 };
      if (spot.length === 1) return { path, fill: color, stroke: edge, width: 1.5 };
      const slice = piePath(spot[0].left, spot[0].top, radius, piece / spot.length, (piece + 1) / spot.length);
      return { path: slice, fill: color, stroke: edge, width: 1 };
    }));
  }

  // The shape of a racer's head at a position: its marker, or a cross where the path left for good; null for neither.
  headOf(track, chart, position) {
    const { x, y, exit: lost } = track.charts[chart];
    if (lost && position >= lost.step) {
      const { left, top } = lost;
      return { cross: true, left, top, path: `M${left - 5},${top - 5}l10,10M${left + 5},${top - 5}l-10,10` };
    }
    const [left, top] = [at(x, position), at(y, position)];
    if (!Number.isFinite(left) || !Number.isFinite(top)) return null;
    const radius = (chart === 0 ? 6.5 : 5) * Math.sqrt(this.thickness);
    return { cross: false, left, top, path: markerPath(track.racer.marker, left, top, radius) };
  }

  act(what) {
    if (what === "save") return this.openMenu(this.menu.hidden);
    if (what === "hint") return this.done(null);
    if (what === "home") return this.goHome();
    if (what === "more") return this.fold(this.body.dataset.more === "true");
    if (what === "veil") return this.veil(!this.veiled);
    if (what === "pin") return this.ask("pin", !this.header.pinned);
    if (what === "tour") return this.ask("tour", { do: this.header.tour ? "end" : "begin" });
    const { steps } = this.header.playback;
    this.done("play");
    if (what === "play") return this.playing ? this.pause() : this.play();
    this.pause();
    const step = Math.floor(this.position + 1e-6);
    if (what === "back") return this.seek(Math.max(0, Math.ceil(this.position - 1e-6) - 1));
    if (what === "forward") return this.seek(Math.min(steps, step + 1));
    return this.seek(what === "first" ? 0 : steps);
  }

  // With the future hidden a class can guess who will be first; then the race is played.
  veil(veiled) {
    this.veiled = veiled;
    this.played = null;
    if (veiled) this.seek(0);
    this.viewChanged();
  }

  // On a phone what is rarely needed is folded away until it is asked for.
  fold(folded) {
    this.body.dataset.more = String(!folded);
    this.transport.querySelector("[data-do=more]").setAttribute("aria-expanded", String(!folded));
  }

  // Escape puts away what is open first; then it ends the presentation.
  escape(event) {
    const elsewhere = document.querySelector("[role=dialog], [role=listbox]");
    const field = document.activeElement?.closest("input:not([type=range]), textarea, [contenteditable=true]");
    if (elsewhere || field || event.defaultPrevented) return;
    if (!this.menu.hidden) this.openMenu(false);
    else if (this.header?.present && this.header.playback) this.ask("present", false);
  }

  key(event) {
    if (event.key === "Escape") return this.escape(event);
    const keys = { " ": "play", ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" };
    const what = keys[event.key];
    if (!what || event.ctrlKey || event.metaKey || event.altKey || !this.header?.playback) return;
    const focus = document.activeElement;
    // A button of the stage that has just been clicked must not keep the keys to itself, but for the space that presses it.
    const own = focus && focus.tagName === "BUTTON" && this.body.contains(focus);
    const playing = focus && focus.dataset?.do === "play";
    const busy = focus && focus !== document.body && focus !== this.scrubber && !(own && (event.key !== " " || playing)) &&
      focus.closest(KEYS_OF_THEIR_OWN);
    if (busy || document.querySelector("[role=dialog]")) return;
    event.preventDefault();
    this.act(what);
  }

  seek(step) {
    window.clearTimeout(this.rest);
    this.position = step;
    this.paint();
  }

  play() {
    window.clearTimeout(this.rest);
    const { steps } = this.header.playback;
    if (this.position >= steps) this.position = 0;
    this.playing = true;
    this.setPlayIcon();
    this.plays = (this.plays ?? 0) + 1;
    const { plays } = this;
    let last = null;
    const frame = (now) => {
      // Whoever plays what is playing already begins anew; two loops would run at twice the speed.
      if (!this.playing || plays !== this.plays || !this.body.isConnected) return;
      const total = this.header.playback.steps;
      if (last !== null) {
        // A tab that was in the background goes on where it stopped instead of jumping ahead.
        const seconds = Math.min((now - last) / 1000, 0.25);
        this.position = Math.min(total, this.position + (seconds * total) / this.secondsPerRun());
      }
      last = now;
      if (this.position >= total) {
        this.pause();
        this.arrived();
      } else this.paint();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  secondsPerRun() {
    const { tour } = this.header;
    return tour && !this.recording ? tour.seconds * TOUR_MOVES : SECONDS_PER_RUN / this.speed;
  }

  pause() {
    const wasPlaying = this.playing;
    this.playing = false;
    this.setPlayIcon();
    if (wasPlaying) {
      this.position = Math.floor(this.position + 1e-6);
      this.trailEnd = null;
      this.shownStep = null;
      this.paint();
    }
  }

  setPlayIcon() {
    const button = this.body.querySelector("[data-do=play]");
    button.innerHTML = icon(this.playing ? "pause" : "play");
    label(button, this.header.text[this.playing ? "pause" : "play"]);
    this.body.dataset.playing = String(this.playing);
  }

  toggle(index) {
    if (this.hidden.has(index)) this.hidden.delete(index);
    else this.hidden.add(index);
    this.done("legend");
    this.viewChanged();
  }

  choose(group, name) {
    this.chosen[group] = name;
    this.viewChanged();
  }

  viewChanged() {
    this.dress();
    this.render();
    this.ask("view", { chosen: this.chosen, hidden: [...this.hidden].sort((a, b) => a - b), veiled: this.veiled });
  }

  listenForGrabs() {
    const near = (event) => {
      const at = this.startPixel();
      if (!at || !this.header.start_by_click) return false;
      const frame = this.plot.getBoundingClientRect();
      return Math.hypot(event.clientX - frame.left - at.left, event.clientY - frame.top - at.top) <= GRAB_RADIUS;
    };
    // Plotly begins its zoom on mousedown and touchstart; where the start is grabbed they never reach it.
    this.plot.addEventListener("mousedown", (event) => {
      if (near(event)) event.stopImmediatePropagation();
    }, true);
    this.plot.addEventListener("touchstart", (event) => {
      if (event.touches.length === 1 && near(event.touches[0])) {
        event.stopImmediatePropagation();
        event.preventDefault();
      }
    }, { capture: true, passive: false });
    this.plot.addEventListener("pointermove", (event) => {
      if (!this.grabbed) this.plot.classList.toggle("optviz-grab", near(event));
    });
    this.plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !near(event)) return;
      let moved = false;
      const begin = { x: event.clientX, y: event.clientY };
      const move = (next) => {
        if (next.pointerId !== event.pointerId) return;
        if (!moved && Math.hypot(next.clientX - begin.x, next.clientY - begin.y) <= CLICK_THRESHOLD) return;
        moved = true;
        const point = this.pointAt(next.clientX, next.clientY, true);
        this.grabbed = this.pixelOf(point);
        this.paint();
        this.follow({ start: point });
      };
      const release = (last) => {
        if (last.pointerId !== event.pointerId) return;
        document.removeEventListener("pointermove", move);
        document.removeEventListener("pointerup", release);
        document.removeEventListener("pointercancel", release);
        this.grabbed = null;
        if (moved) this.done("start");
        if (moved && last.type === "pointerup") this.settle("start", this.pointAt(last.clientX, last.clientY, true));
        else if (moved) this.settle("let_go", null);
        this.paint();
      };
      document.addEventListener("pointermove", move);
      document.addEventListener("pointerup", release);
      document.addEventListener("pointercancel", release);
    }, true);
  }

  startPixel() {
    const start = this.header?.plot.data[2];
    return this.header?.start_by_click && this.plot._fullLayout ? this.pixelOf([start.x[0], start.y[0]]) : null;
  }

  pixelOf([x, y]) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return { left: xaxis._offset + xaxis.d2p(x), top: yaxis._offset + yaxis.d2p(y) };
  }

  // The point of the surface under a place on the screen: null outside the contour, or held inside it.
  pointAt(clientX, clientY, held = false) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const frame = this.plot.getBoundingClientRect();
    let left = clientX - frame.left - xaxis._offset;
    let top = clientY - frame.top - yaxis._offset;
    if (held) {
      left = Math.max(0, Math.min(xaxis._length, left));
      top = Math.max(0, Math.min(yaxis._length, top));
    }
    if (left < 0 || top < 0 || left > xaxis._length || top > yaxis._length) return null;
    // Seven digits are finer than a pixel and short enough for a link.
    return [xaxis.p2d(left), yaxis.p2d(top)].map((value) => Number(value.toPrecision(7)));
  }

  listenForClicks() {
    let down = null;
    this.plot.addEventListener("pointerdown", (event) => {
      down = event.isPrimary && event.button === 0 ? { x: event.clientX, y: event.clientY } : null;
    }, true);
    this.plot.addEventListener("click", (event) => event.stopPropagation());
    this.onPointerUp = (event) => {
      const start = down;
      down = null;
      if (!start || !this.plot.contains(event.target) && !event.target.closest?.(".dragcover")) return;
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > CLICK_THRESHOLD) return;
      // Two clicks put the axes back; only a single one moves the start.
      window.clearTimeout(this.click);
      const again = event.timeStamp - (this.lastClick ?? -Infinity) < DOUBLE_CLICK;
      this.lastClick = event.timeStamp;
      const { clientX, clientY } = event;
      if (again) this.goHome(this.chartAt(clientX, clientY));
      else this.click = window.setTimeout(() => this.clicked(clientX, clientY), DOUBLE_CLICK);
    };
    document.addEventListener("pointerup", this.onPointerUp, true);
  }

  clicked(clientX, clientY) {
    if (!this.plot._fullLayout?.xaxis || !this.header.start_by_click) return;
    const point = this.pointAt(clientX, clientY);
    if (!point) return;
    this.done("start");
    this.ask("start", point);
  }
}

// Keep as many children as there are items, reusing those that exist, so that focus and hover survive.
function sync(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastChild.remove();
  while (parent.children.length < items.length) parent.appendChild(make());
  items.forEach((item, index) => update(parent.children[index], item, index));
}

// Two digits, so that it can be said; a step of the handle is 12 %, more than that rounds away.
function rateOf(handle) {
  return Number((10 ** Number(handle.value)).toPrecision(2));
}

// Whether a finger points, not a mouse.
function coarse() {
  return window.matchMedia("(pointer: coarse)").matches;
}

function label(button, text) {
  button.title = text;
  button.setAttribute("aria-label", text);
}

// The clipboard of the browser is only there on safe origins, which a classroom's server often is not.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    document.body.appendChild(field);
    const before = document.activeElement;
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    before?.focus();
    return done;
  }
}

