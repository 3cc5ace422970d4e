// @ts-check
// The page "Inside a step": any optimizer of the race at any step. Which optimizers are shown is the server's to say, as
// their numbers come from there; which step is the browser's alone: all numbers of a run have come with one message.
//
// This file only wires. The step: clock.js. One optimizer: side.js. Sent: in `ask`.

/** @import { Component, StageRoot, Theme } from "../types.js" */
/** @import { InsideHeader, InsideLayer, InsideMessage, InsideRacer } from "./types.js" */

import { watchConnection, serverAnswered } from "../connection.js";
import { markerPath } from "../drawing.js";
import { buttonsOf, icon, label, loadStyle, part, sync, write } from "../elements.js";
import { listenToKeys } from "../keyboard.js";
import { toggleFullScreen, updateFullButton } from "../lecture.js";
import { completed, resolved, sameBytes, toBytes, unpack } from "../message.js";
import { Requests } from "../requests.js";
import { number, put } from "../sentences.js";
import { themeOf, watchSharpness, watchSystemTheme } from "../theme.js";
import { SPEEDS } from "../transport.js";
import { buildBoard } from "./board.js";
import { Clock } from "./clock.js";
import { leadToAnswer } from "./leading.js";
import { PlaceInAddress } from "./place_in_address.js";
import { Side } from "./side.js";

const SAME_SCALE = 1.05; // of two pictures, the larger by the smaller
const TOLD_IN_A_ROOM = 2; // sentences of each of two, in the large letters of a lecture room: below them is the picture
const NO_WORDS = "\u00a0"; // whether there is anything at all is asked by rules of the whole page

/** @type {number | null} the stamp of the view that was last taken over, and the step since: for as long as the document lives */
let stampBefore = null;
let stepBefore = 0;

/** @type {WeakMap<HTMLElement, Inside>} */
const shownIn = new WeakMap();

/**
 * Streamlit's component: called again for each message, and for another theme.
 * @param {Component} component
 * @returns {() => void} called when it leaves the page
 */
export default function inside({ parentElement, data, setTriggerValue }) {
  const shown = shownIn.get(parentElement) ?? new Inside(parentElement);
  shownIn.set(parentElement, shown);
  shown.receive(toBytes(data), (asked) => setTriggerValue("asked", asked));
  return () => {
    if (parentElement.isConnected) return;
    shown.stop();
    shownIn.delete(parentElement);
  };
}

export class Inside {
  /** @param {StageRoot} root */
  constructor(root) {
    this.root = root;
    this.requests = new Requests();
    this.board = buildBoard(root, (what) => this.perform(what));
    this.clock = new Clock(() => this.step());
    this.address = new PlaceInAddress("at");
    /** @type {Side[]} */
    this.sides = [];
    /** @type {Uint8Array | null} */
    this.received = null;
    /** @type {InsideMessage | null} */
    this.message = null;
    this.frame = 0;
    /** @type {{ racer: number, at: number } | null} where the question that was asked last is answered */
    this.asked = null;
    // Whether its answer is still to come.
    this.awaits = false;
    /** @type {ReturnType<Inside["theme"]>} */
    this.painted = null;
    loadStyle(this.board.body, "inside.css");
    const { body, scrubber, speedPicker, besidePicker } = this.board;
    for (const speed of SPEEDS) speedPicker.add(new Option(`${speed}×`, String(speed), false, speed === 1));
    scrubber.addEventListener("input", () => {
      this.clock.pause();
      this.clock.seek(Number(scrubber.value));
    });
    speedPicker.addEventListener("change", () => { this.clock.speed = Number(speedPicker.value); });
    besidePicker.addEventListener("change", () => (
      this.choose({ beside: besidePicker.value === "" ? null : Number(besidePicker.value) })));
    this.board.racers.addEventListener("scroll", () => this.fadeChoices(), { passive: true });
    this.sizes = new ResizeObserver((changed) => {
      if (changed.some(({ target }) => target === this.board.racers)) this.showChosen();
      for (const { picture } of this.sides) picture.measure();
      this.draw();
    });
    this.sizes.observe(this.board.racers);
    const fullChanged = () => updateFullButton(this.board.full, body, this.message?.header.text ?? {});
    document.addEventListener("fullscreenchange", fullChanged);
    const leftEntry = () => this.leaveEntry();
    addEventListener("popstate", leftEntry);
    this.cleanups = [
      () => document.removeEventListener("fullscreenchange", fullChanged),
      () => removeEventListener("popstate", leftEntry),
      () => this.requests.stop(), () => this.clock.pause(), () => this.address.stop(), () => this.sizes.disconnect(),
      () => cancelAnimationFrame(this.frame),
      watchSystemTheme(() => this.paint()), watchSharpness(() => this.draw()),
      listenToKeys({
        body, scrubber,
        onlyFocused: () => Boolean(this.message?.header.small),
        plays: () => this.message !== null,
        command: (what) => this.perform(what === "look" ? "race" : what),
        escape: () => { if (this.message?.header.present) this.requests.ask("present", false); },
      }),
    ];
  }

  get layer() {
    return /** @type {InsideLayer | undefined} */ (this.message?.header.layers.find(({ kind }) => kind === "inside"));
  }

  // --- what comes in ---

  /**
   * @param {Uint8Array} bytes
   * @param {(asked: object) => void} send
   */
  receive(bytes, send) {
    this.requests.send = send;
    serverAnswered();
    if (this.received && sameBytes(bytes, this.received)) return this.paint();
    const sent = unpack(bytes);
    this.requests.stage = sent.header.stage ?? null;
    this.requests.heard(sent.header.heard);
    const message = /** @type {InsideMessage | null} */ (/** @type {unknown} */ (completed(sent)));
    this.received = message && bytes.slice();
    if (!message) return this.requests.ask("map", sent.header.map_key);
    this.message = message;
    this.takeUp(message.header);
    this.update();
    this.step();
    return undefined;
  }

  /**
   * The step that the server names, where it does so anew; else the one that was shown last.
   * @param {InsideHeader} header
   */
  takeUp({ small, view }) {
    const { clock, layer } = this;
    if (!layer) return;
    if (small) {
      // A picture among others: the step that the document remembers is that of the page of steps.
      clock.take(clock.steps > 0 ? clock.asked : view.at, layer.steps);
      return;
    }
    if (view.stamp !== stampBefore) clock.pause();
    clock.take(view.stamp === stampBefore ? stepBefore : view.at, layer.steps);
    stampBefore = view.stamp;
  }

  // Who goes back or forward comes to a step that the server is to name: the one that was shown here is written over none.
  leaveEntry() {
    this.clock.pause();
    this.address.stop();
  }

  // --- what is asked for ---

  /** @param {string} what a button's `data-do`, or a key's */
  perform(what) {
    const { header } = this.message ?? {};
    if (!header) return;
    if (what === "race") this.requests.ask("race", { at: this.clock.asked });
    else if (what === "full") toggleFullScreen(this.board.body);
    // Of a card there is nothing that this page does not show.
    else if (what !== "card") this.clock.command(what);
  }

  /**
   * @param {{ racer?: number, beside?: number | null, at?: number, travels?: boolean }} chosen travels: to that step;
   *   else an answer that comes late leaves the one that is shown by then
   */
  choose(chosen) {
    if (!this.message) return;
    const { racer, beside } = this.message.header;
    this.awaits = chosen.travels === true;
    this.requests.ask("inside", { racer, beside, at: this.clock.step, ...chosen });
  }

  // --- what is shown ---

  // Words and choices, and the markup of each optimizer.
  update() {
    const { board, layer, message, sides } = this;
    if (!message || !layer) return;
    const { header } = message;
    const { text } = header;
    for (const button of buttonsOf(board.body)) label(button, text[button.dataset["do"] ?? ""]);
    part(board.body, "[data-do=race]").textContent = text["race"] ?? "";
    updateFullButton(board.full, board.body, text);
    board.body.setAttribute("aria-label", text["page"] ?? "");
    board.racers.setAttribute("aria-label", text["racers"] ?? "");
    board.questions.setAttribute("aria-label", text["questions"] ?? "");
    for (const control of [board.scrubber, board.speedPicker]) {
      label(control, text[control === board.scrubber ? "scrubber" : "speed"]);
    }
    watchConnection(text["lost"] ?? "");
    board.body.dataset["small"] = String(Boolean(header.small));
    board.body.dataset["present"] = String(Boolean(header.present));
    board.body.dataset["sides"] = String(layer.racers.length);
    board.scrubber.max = String(layer.steps);
    board.readout.style.minWidth = `${2 * board.scrubber.max.length + 3}ch`;
    this.updateChoices(header);
    while (sides.length > layer.racers.length) {
      const gone = sides.pop();
      if (!gone) break;
      this.sizes.unobserve(gone.picture.place);
      gone.element.remove();
    }
    while (sides.length < layer.racers.length) {
      const side = new Side((step) => {
        this.clock.pause();
        this.clock.seek(step);
      });
      sides.push(side);
      board.sides.append(side.element);
      this.sizes.observe(side.picture.place);
    }
    alikeFirst(layer.racers).forEach((racer, place) => sides[place]?.receive(layer, racer, message.arrays, text));
    this.paint();
  }

  /** @param {InsideHeader} header */
  updateChoices({ beside, questions, racer, racers, text }) {
    const { board } = this;
    const makeChip = () => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.innerHTML = '<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path/></svg><span></span>';
      chip.addEventListener("click", () => {
        const chosen = Number(chip.dataset["index"]);
        this.choose({ racer: chosen, ...(chosen === this.message?.header.beside && { beside: null }) });
      });
      return chip;
    };
    const isAnother = board.racers.querySelector("[aria-pressed=true]")?.getAttribute("data-index") !== String(racer);
    sync(board.racers, racers, makeChip, (chip, { name, marker }, index) => {
      chip.dataset["index"] = String(index);
      chip.setAttribute("aria-pressed", String(index === racer));
      part(chip, "span").textContent = name;
      chip.querySelector("path")?.setAttribute("d", markerPath(marker, 8, 8, 6));
    });
    if (isAnother) this.showChosen();
    part(board.beside, "span").textContent = text["beside"] ?? "";
    const others = racers.flatMap(({ name }, index) => (index === racer ? [] : [new Option(name, String(index))]));
    board.beside.hidden = others.length === 0;
    board.besidePicker.replaceChildren(new Option(text["nobody"] ?? "", ""), ...others);
    board.besidePicker.value = beside === null ? "" : String(beside);
    const makeQuestion = () => {
      const button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => {
        this.asked = { racer: Number(button.dataset["place"]), at: Number(button.dataset["at"]) };
        this.clock.pause();
        if (this.isAnswered()) this.awaits = true;
        else this.choose({ ...this.asked, beside: null, travels: true });
        this.draw();
      });
      return button;
    };
    board.questions.hidden = questions.length === 0;
    sync(board.questions, questions, makeQuestion, (button, { asked, at, racer: place }) => {
      Object.assign(button.dataset, { at: String(at), place: String(place) });
      button.textContent = asked;
    });
  }

  // Where the answer stands there already nobody need be asked, and no answer comes late.
  isAnswered() {
    const { asked, clock, message } = this;
    const { beside, racer } = message?.header ?? {};
    return asked !== null && racer === asked.racer && beside === null && clock.step === asked.at;
  }

  // The question whose answer is shown looks pressed, and whoever has asked it is led there.
  showAnswer() {
    const { asked, board, clock, message, sides } = this;
    const isShown = asked !== null && asked.racer === message?.header.racer && asked.at === clock.asked;
    for (const button of board.questions.querySelectorAll("button")) {
      const { at, place } = button.dataset;
      const pressed = String(isShown && Number(place) === asked.racer && Number(at) === asked.at);
      if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
    }
    const [side] = sides;
    if (!this.awaits || !isShown || !side) return;
    this.awaits = false;
    leadToAnswer(side.element, board.transport);
  }

  // Where the optimizers stand in one line that is too long, the chosen one is in sight, and what is cut off fades.
  showChosen() {
    const { racers } = this.board;
    const chosen = racers.querySelector("[aria-pressed=true]");
    if (chosen instanceof HTMLElement) racers.scrollLeft = chosen.offsetLeft - (racers.clientWidth - chosen.offsetWidth) / 2;
    this.fadeChoices();
  }

  fadeChoices() {
    const { racers } = this.board;
    const after = racers.scrollWidth - racers.clientWidth - racers.scrollLeft;
    racers.dataset["cut"] = [racers.scrollLeft > 2 && "before", after > 2 && "after"].filter(Boolean).join(" ");
  }

  /** @returns {{ theme: Theme, name: "light" | "dark" } | null} */
  theme() {
    const name = themeOf(this.root);
    return this.message && { theme: this.message.header.themes[name], name };
  }

  // The colours of the theme, and all that is drawn with them.
  paint() {
    const { board, message, sides } = this;
    const found = this.theme();
    this.painted = found;
    if (!message || !found) return;
    const { theme, name } = found;
    board.body.dataset["theme"] = name;
    [...board.racers.children].forEach((chip, index) => {
      const { color } = message.header.racers[index] ?? { color: "@theme/ink" };
      chip.querySelector("path")?.setAttribute("fill", resolved(color, message.arrays, theme));
    });
    for (const side of sides) side.paint(theme);
    this.draw();
  }

  // Another step, or playing has begun or ended.
  step() {
    const { board, clock, message } = this;
    if (!message) return;
    const { first_look: usual, small, text } = message.header;
    if (!small) stepBefore = clock.asked;
    board.scrubber.value = String(clock.step);
    board.scrubber.style.setProperty("--done", `${(100 * clock.step) / Math.max(1, clock.steps)}%`);
    write(board.readout, `${clock.step} / ${clock.steps}`);
    board.scrubber.setAttribute("aria-valuetext", `${clock.step} / ${clock.steps}`);
    const button = part(board.body, "[data-do=play]");
    const isPlaying = String(clock.isPlaying);
    if (board.body.dataset["playing"] !== isPlaying) {
      // While it plays, a screen reader could not keep up.
      for (const { element } of this.sides) part(element, ".inside-said").setAttribute("aria-live", clock.isPlaying ? "off" : "polite");
      button.innerHTML = icon(clock.isPlaying ? "pause" : "play");
      label(button, text[clock.isPlaying ? "pause" : "play"]);
      board.body.dataset["playing"] = isPlaying;
    }
    if (!small) this.address.follow(clock.asked === usual ? null : String(clock.asked));
    this.draw();
  }

  // The numbers and the picture of the step: at once, however many steps are asked for within a frame.
  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const { board, clock, message, painted: found, sides } = this;
      if (!found || !message) return;
      const most = message.header.present && sides.length > 1 ? TOLD_IN_A_ROOM : undefined;
      for (const side of sides) side.fill(clock.step, found.theme, found.name, most);
      const [one = NaN, other = NaN] = sides.map(({ picture }) => picture.scale);
      const times = Math.max(one / other, other / one);
      write(board.scales, times > SAME_SCALE ? put(message.header.text["scales"], { times: number(times, 2) }) : NO_WORDS);
      // Not "step", which Streamlit's own rules ask for with `:has`: each change of it would ask for the style of the whole page.
      Object.assign(board.body.dataset, { at: String(clock.step), drawn: message.header.token });
      this.showAnswer();
    });
  }

  stop() {
    for (const cleanup of this.cleanups) cleanup();
  }
}

/**
 * Two racers with what both have over time first, and in the same order: it is compared.
 * @param {InsideRacer[]} racers
 */
export function alikeFirst(racers) {
  const counts = new Map();
  for (const { key } of racers.flatMap(({ series }) => series)) counts.set(key, (counts.get(key) ?? 0) + 1);
  /** @param {InsideRacer["series"][number]} one */
  const isOwn = ({ key }) => Number(counts.get(key) < racers.length);
  return racers.map((racer) => ({ ...racer, series: racer.series.toSorted((one, other) => isOwn(one) - isOwn(other)) }));
}
