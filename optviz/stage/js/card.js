// @ts-check
// An optimizer's card: what it does, its rule, and its numbers at the step that is shown. The words of the card come with
// the message once it is open (optviz/figures/card.py); its numbers follow the play-head without asking anybody.

/** @import { Card, Dispatch, Elements, Point, Racer, State } from "./types.js" */

import { part, sync } from "./elements.js";
import { markerPath } from "./drawing.js";
import { arrayOf } from "./message.js";
import { number, put } from "./sentences.js";
import { racersOf, stepOf } from "./state.js";

const STAYS = ".optviz-transport, .optviz-legend, .optviz-picture"; // where a hand may work while a card is open
const CARD_STAYS_OVER = ".st-key-language"; // and outside of the stage: the same card, in another language

export class CardPanel {
  /**
   * @param {Elements} elements
   * @param {() => State} state
   * @param {Dispatch} dispatch
   */
  constructor({ above, body, card, picture, transport }, state, dispatch) {
    this.card = card;
    this.around = { above, body, picture };
    this.state = state;
    this.dispatch = dispatch;
    this.button = part(transport, "[data-do=card]");
    /** @type {Element | null} what had the focus before it opened */
    this.before = null;
    this.listening = new AbortController();
    document.addEventListener("pointerdown", ({ target }) => {
      if (!(target instanceof Element) || card.hidden || card.contains(target)) return;
      if (!(body.contains(target) && target.closest(STAYS)) && !target.closest(CARD_STAYS_OVER)) this.open(null, false);
    }, { capture: true, signal: this.listening.signal });
    card.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.open(null);
    });
  }

  get isOpen() {
    return this.state().card !== null;
  }

  /**
   * @param {number | null} index of a racer; null closes it
   * @param {boolean} takesFocus whether the focus goes into the card, or back to where it was
   */
  open(index, takesFocus = true) {
    if (!this.isOpen) this.before = document.activeElement;
    const within = this.card.contains(document.activeElement);
    this.dispatch({ type: "open_card", index });
    if (!takesFocus) return;
    if (index !== null) part(this.card, "[data-do=card_close]").focus({ preventScroll: true });
    else if (within) this.giveBackFocus();
  }

  // To what had it; where that was nothing, or is gone, to the stage, which the keys are meant for anyway.
  giveBackFocus() {
    const { before } = this;
    const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
    (isThere ? before : this.around.body).focus({ preventScroll: true });
  }

  // By key or button: that of the racer that is pointed at, or was open last, or is the first in sight.
  toggle() {
    this.open(this.isOpen ? null : this.meant());
  }

  // The racer that is meant by a key or button that names none.
  meant() {
    const { hidden, lit } = this.state();
    const focused = document.activeElement?.closest(".optviz-legend button");
    const first = racersOf(this.state()).findIndex((_, index) => !hidden.includes(index));
    return Math.max(0, focused instanceof HTMLElement ? Number(focused.dataset["index"]) : lit ?? first);
  }

  /** @param {number} by */
  move(by) {
    const { card } = this.state();
    const count = racersOf(this.state()).length;
    if (card !== null) this.dispatch({ type: "open_card", index: (card + by + count) % count });
  }

  // What is new of the state.
  update() {
    const state = this.state();
    const header = state.message?.header;
    const racer = state.card === null ? undefined : racersOf(state)[state.card];
    this.card.hidden = !racer;
    part(this.card, "[data-do=look]").hidden = !header?.tools?.includes("inside");
    this.button.hidden = racersOf(state).length === 0;
    this.button.setAttribute("aria-expanded", String(Boolean(racer)));
    if (!racer || !header) return;
    const { text } = header;
    this.card.setAttribute("aria-label", racer.name);
    part(this.card, "[data-do=look]").textContent = text["look_inside"] ?? "";
    part(this.card, "[data-do=read]").textContent = text["read"] ?? "";
    part(this.card, "[data-do=read]").hidden = !header.readable?.includes(racersOf(state).indexOf(racer));
    part(this.card, "h3 span").textContent = racer.name;
    part(this.card, "[data-name=rule_title]").textContent = text["card_rule"] ?? "";
    part(this.card, "[data-name=settings_title]").textContent = text["card_settings"] ?? "";
    const gradient = part(this.card, "[data-name=gradient]");
    gradient.title = text["card_gradient_help"] ?? "";
    for (const name of ["loss", "point", "gradient", "steepness", "length"]) {
      part(this.card, `[data-name=${name}]`).textContent = text[`card_${name}`] ?? "";
    }
    this.fill(racer.card);
    this.updateStep();
  }

  /** @param {Card | undefined} card not there until the server has answered */
  fill(card) {
    part(this.card, ".optviz-idea").textContent = card?.sentence ?? "";
    const rule = part(this.card, ".optviz-rule");
    const lines = card?.rule.join("") ?? "";
    // Written by the core, which escapes whatever is not MathML.
    if (rule.dataset["lines"] !== lines) Object.assign(rule, { innerHTML: lines }).dataset["lines"] = lines;
    part(this.card, ".optviz-ruled").hidden = !lines;
    part(this.card, ".optviz-set").hidden = !card?.settings.length;
    const settings = part(this.card, ".optviz-settings");
    const makeRow = () => {
      const row = document.createElement("div");
      row.append(document.createElement("dt"), document.createElement("dd"));
      return row;
    };
    sync(settings, card?.settings ?? [], makeRow, (row, [name, value]) => {
      part(row, "dt").textContent = name;
      part(row, "dd").textContent = value;
    });
  }

  // The numbers of the step that is shown.
  updateStep() {
    const state = this.state();
    const racer = state.card === null ? undefined : racersOf(state)[state.card];
    if (!racer || !state.message || this.card.hidden) return;
    const step = stepOf(state);
    const numbers = numbersAt(state, racer, step);
    part(this.card, "[data-name=numbers_title]").textContent = put(state.message.header.text["card_numbers"], { step });
    for (const [name, value] of Object.entries(numbers)) {
      const place = part(this.card, `[data-value=${name}]`);
      if (place.textContent !== value) place.textContent = value;
    }
  }

  /**
   * The marker of the racer, in its colour.
   * @param {string[]} colors of all racers
   */
  paint(colors) {
    this.place();
    const state = this.state();
    const racer = state.card === null ? undefined : racersOf(state)[state.card];
    const path = this.card.querySelector("h3 path");
    if (!racer || !path || state.card === null) return;
    path.setAttribute("d", markerPath(racer.marker, 8, 8, 6));
    path.setAttribute("fill", colors[state.card] ?? "currentColor");
  }

  // From the legend down to the lower edge of the picture; where it is a sheet, the style sheet says where.
  place() {
    const { above, body, picture } = this.around;
    const isSheet = body.dataset["arrangement"] === "narrow";
    const top = Math.max(picture.offsetTop, above.offsetTop + above.offsetHeight);
    const [from, most] = [`${top}px`, `${picture.offsetTop + picture.offsetHeight - top}px`];
    Object.assign(this.card.style, { top: isSheet ? "" : from, maxHeight: isSheet ? "" : most });
  }

  stop() {
    this.listening.abort();
  }
}

/**
 * What is on the card at a step, as it is read: a dash for what is not there.
 * @param {State} state
 * @param {Racer} racer
 * @param {number} step
 * @returns {Record<"loss" | "point" | "gradient" | "steepness" | "length", string>}
 */
export function numbersAt(state, racer, step) {
  const arrays = state.message?.arrays ?? new Map();
  /** @param {string} reference */
  const at = (reference) => number(Number(arrayOf(arrays, reference)[step] ?? NaN));
  /** @param {number} column */
  const ofCard = (column) => (racer.card ? at(`${racer.card.numbers}:${column}`) : "–");
  return {
    loss: at(racer.loss),
    point: `(${at(racer.x)}, ${at(racer.y)})`,
    gradient: `(${ofCard(0)}, ${ofCard(1)})`,
    steepness: ofCard(2),
    length: ofCard(3),
  };
}

/**
 * The racer whose head is nearest to a place on the picture, within a radius in pixels; null where there is none. At the
 * start all stand on one spot, which is the handle of the start.
 * @param {State} state
 * @param {(point: Point) => { left: number, top: number } | null} pixelOf
 * @param {{ left: number, top: number }} place
 * @param {number} radius
 */
export function headNear(state, pixelOf, place, radius) {
  const arrays = state.message?.arrays ?? new Map();
  const step = stepOf(state);
  let [nearest, least] = [/** @type {number | null} */ (null), radius];
  racersOf(state).forEach(({ x, y, lost_at: lostAt }, index) => {
    if (step === 0 || state.hidden.includes(index) || (lostAt >= 0 && step > lostAt)) return;
    const pixel = pixelOf([Number(arrayOf(arrays, x)[step]), Number(arrayOf(arrays, y)[step])]);
    const apart = pixel ? Math.hypot(pixel.left - place.left, pixel.top - place.top) : Infinity;
    if (apart <= least && (apart < least || nearest === null)) [nearest, least] = [index, apart];
  });
  return nearest;
}
