// @ts-check
// One optimizer at one step: what is said, the picture with its key, the rule with its numbers, the bars, the terms over time.

/** @import { Arrays, Theme, Words } from "../types.js" */
/** @import { InsideArrow, InsideLayer, InsideRacer } from "./types.js" */

import { markerPath } from "../drawing.js";
import { part, write } from "../elements.js";
import { resolved } from "../message.js";
import { joined, number, put } from "../sentences.js";
import { buildSide } from "./board.js";
import { Meters } from "./meters.js";
import { rowOf } from "./mark.js";
import { LocalPicture } from "./picture.js";
import { RuleLines } from "./rule.js";
import { factsOf, length, said } from "./said.js";
import { Strips } from "./strips.js";

export class Side {
  /** @param {(step: number) => void} seek */
  constructor(seek) {
    this.element = buildSide();
    this.picture = new LocalPicture(part(this.element, ".inside-picture"));
    this.rule = new RuleLines(part(this.element, ".inside-rule"));
    this.meters = new Meters(part(this.element, ".inside-meters"));
    this.strips = new Strips(part(this.element, ".inside-strips"), seek);
    this.said = part(this.element, ".inside-said");
    this.gone = part(this.element, ".inside-gone");
    /** @type {{ arrow: InsideArrow, size: HTMLElement, sample: HTMLElement }[]} */
    this.entries = [];
    /** @type {{ layer: InsideLayer, racer: InsideRacer, arrays: Arrays, text: Words } | null} */
    this.shown = null;
    this.listenToPointing();
  }

  /**
   * Another message.
   * @param {InsideLayer} layer
   * @param {InsideRacer} racer
   * @param {Arrays} arrays
   * @param {Words} text
   */
  receive(layer, racer, arrays, text) {
    this.shown = { layer, racer, arrays, text };
    this.element.setAttribute("aria-label", racer.name);
    part(this.element, "h2 span").textContent = racer.name;
    part(this.element, "[data-name=rule_title]").textContent = text["rule_title"] ?? "";
    part(this.element, "[data-name=series_title]").textContent = racer.series
      .some(({ values }) => rowOf(arrays, values, 0).length > 1) ? put(text["series_axes"], { title: text["series_title"] ?? "" })
      : text["series_title"] ?? "";
    this.picture.receive(layer, racer, arrays);
    this.picture.edgeText.textContent = text["edge"] ?? "";
    this.rule.receive(racer, text["no_numbers"] ?? "");
    this.meters.receive(racer, text);
    this.strips.receive(racer, arrays, layer.steps, text);
    this.buildKey(racer, text);
    part(this.element, ".inside-note").textContent = racer.arrows.length > 1 ? text["arrows_put_in"] ?? "" : "";
  }

  /**
   * What the arrows are, and how long; whoever points at one sees where it is in the picture and in the rule.
   * @param {InsideRacer} racer
   * @param {Words} text
   */
  buildKey({ arrows, counterpart, plain, total }, text) {
    /** @type {[InsideArrow, string, string][]} */
    const rows = [
      ...arrows.map((arrow, place) => /** @type {[InsideArrow, string, string]} */ ([arrow, "term", String(place)])),
      [total, "total", ""],
      ...(plain ? [/** @type {[InsideArrow, string, string]} */ ([plain, "plain", ""])] : []),
      ...(counterpart ? [/** @type {[InsideArrow, string, string]} */ ([counterpart.total, "other-total", ""])] : []),
    ];
    this.entries = [];
    part(this.element, ".inside-key").replaceChildren(...rows.map(([arrow, role, place]) => {
      const row = document.createElement("li");
      row.innerHTML = '<button type="button"><i></i><span class="inside-symbol"></span><span></span></button><output></output>';
      const button = part(row, "button");
      button.dataset["role"] = role;
      if (place) button.dataset["arrows"] = place;
      part(row, ".inside-symbol").innerHTML = arrow.symbol; // MathML of the core
      const words = role === "other-total" ? put(text["step_of"], { name: counterpart?.name ?? "" }) : arrow.told;
      part(row, "span:not(.inside-symbol)").textContent = words;
      this.entries.push({ arrow, size: part(row, "output"), sample: part(row, "i") });
      return row;
    }));
  }

  /**
   * The numbers of a step, wherever there are any.
   * @param {number} step
   * @param {Theme} theme
   * @param {"light" | "dark"} name of the theme
   * @param {number} [most] so many sentences are said of it
   */
  fill(step, theme, name, most) {
    if (!this.shown) return;
    const { arrays, layer, racer, text } = this.shown;
    this.rule.fill(arrays, step);
    this.meters.fill(arrays, step);
    this.strips.fill(arrays, step);
    for (const { arrow, size } of this.entries) {
      const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = step > 0 ? rowOf(arrays, arrow.ends, step) : [];
      write(size, number(length([x2 - x1, y2 - y1]), 3));
    }
    const facts = { ...factsOf(racer, arrays, step, layer.domain), moves: layer.drift !== null };
    write(this.said, joined(text, said(facts, text).slice(0, most)));
    this.picture.svg.setAttribute("aria-label", put(text["picture"], { name: racer.name, step }));
    this.picture.draw(step, theme, name);
    const isGone = this.picture.place.dataset["lost"] === "true";
    write(this.gone, isGone ? put(text["gone"], { step: racer.diverged_at }) : "");
  }

  /** @param {Theme} theme */
  paint(theme) {
    if (!this.shown) return;
    const { arrays, racer } = this.shown;
    const marker = this.element.querySelector("h2 path");
    marker?.setAttribute("d", markerPath(racer.marker, 8, 8, 6));
    marker?.setAttribute("fill", resolved(racer.color, arrays, theme));
    this.rule.paint(racer, arrays, theme);
    this.meters.paint(arrays, theme);
    this.strips.paint(arrays, theme);
    this.picture.paint(theme);
    for (const { arrow, sample } of this.entries) sample.style.background = resolved(arrow.color, arrays, theme);
  }

  // What is pointed at, or has the focus, lights up wherever it stands: an arrow, a term, its entry in the key.
  listenToPointing() {
    // A page that comes under a pointer that rests has not been pointed at.
    /** @type {string | null} */
    let rested = null;
    /** @param {Event} event */
    const light = (event) => {
      const { target } = event;
      if (event instanceof PointerEvent && event.pointerType === "mouse") {
        const at = `${event.screenX},${event.screenY}`;
        rested ??= at;
        if (at === rested) return;
        rested = "";
      }
      const found = target instanceof Element ? target.closest("[data-arrows], [data-term], [data-role]") : null;
      this.light(found);
    };
    for (const begin of ["pointerover", "focusin"]) this.element.addEventListener(begin, light);
    for (const end of ["pointerleave", "focusout"]) this.element.addEventListener(end, () => this.light(null));
  }

  /** @param {Element | null} pointed */
  light(pointed) {
    const role = pointed?.getAttribute("data-role") ?? "";
    const term = pointed?.getAttribute("data-term");
    const arrows = pointed?.getAttribute("data-arrows")?.split(" ").filter(Boolean) ?? [];
    for (const element of this.element.querySelectorAll("[data-lit]")) element.removeAttribute("data-lit");
    this.element.toggleAttribute("data-lights", Boolean(pointed));
    if (!pointed) return;
    for (const element of this.element.querySelectorAll("[data-arrows], [data-term], [data-role]")) {
      const own = element.getAttribute("data-arrows")?.split(" ") ?? [];
      const isLit = arrows.length > 0 ? own.some((place) => arrows.includes(place))
        : term ? element.getAttribute("data-term") === term : element.getAttribute("data-role") === role;
      if (isLit) element.setAttribute("data-lit", "");
    }
  }
}
