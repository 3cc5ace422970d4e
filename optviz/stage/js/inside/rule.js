// @ts-check
// The rule of an optimizer, line by line, and under each line the same with the numbers of a step: a row for x, one for y.
// What stands for a term or an arrow has its colour, and lights up with it.

/** @import { Arrays, Theme } from "../types.js" */
/** @import { InsideRacer, RuleLine, Token } from "./types.js" */

import { write } from "../elements.js";
import { resolved } from "../message.js";
import { filledIn } from "./template.js";

const AXES = ["x", "y"];

export class RuleLines {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    /** @type {{ slot: HTMLElement, token: Token, axis: number }[]} */
    this.slots = [];
  }

  /**
   * Another rule: the lines, with a slot for each number.
   * @param {InsideRacer} racer
   * @param {string} noNumbers what is said of a line whose symbols have no numbers
   */
  receive({ lines }, noNumbers) {
    this.slots = [];
    this.place.replaceChildren(...lines.map((line) => this.block(line, noNumbers)));
  }

  /**
   * @param {RuleLine} line
   * @param {string} noNumbers
   */
  block({ mathml, numbers }, noNumbers) {
    const block = document.createElement("div");
    block.className = "inside-line";
    const formula = document.createElement("div");
    formula.className = "inside-formula";
    formula.innerHTML = mathml; // written by the core, which escapes whatever is not MathML
    block.append(formula);
    if (!numbers) {
      const told = document.createElement("p");
      told.className = "inside-numbers";
      told.textContent = noNumbers;
      block.append(told);
      return block;
    }
    for (const [axis, name] of AXES.entries()) block.append(this.row(numbers, axis, name));
    return block;
  }

  /**
   * @param {Token[]} tokens
   * @param {number} axis
   * @param {string} name
   */
  row(tokens, axis, name) {
    const row = document.createElement("div");
    row.className = "inside-numbers";
    row.dataset["axis"] = name;
    const title = document.createElement("span");
    title.className = "inside-axis";
    title.textContent = name;
    const told = document.createElement("span");
    told.className = "inside-sum";
    for (const token of tokens) {
      const slot = document.createElement("span");
      if (token.term !== undefined) slot.dataset["term"] = token.term;
      if (token.arrows?.length) slot.dataset["arrows"] = token.arrows.join(" ");
      if ("text" in token) slot.textContent = token.text;
      else this.slots.push({ slot, token, axis });
      told.append(slot);
    }
    row.append(title, told);
    return row;
  }

  /**
   * The numbers of a step; the start has none.
   * @param {Arrays} arrays
   * @param {number} step
   */
  fill(arrays, step) {
    this.place.dataset["empty"] = String(step === 0);
    for (const { slot, token, axis } of this.slots) {
      write(slot, step > 0 ? filledIn(token, arrays, step, axis) : "–");
    }
  }

  /**
   * The colours of terms and arrows, in the rule and in its numbers.
   * @param {InsideRacer} racer
   * @param {Arrays} arrays
   * @param {Theme} theme
   */
  paint({ arrows, terms }, arrays, theme) {
    // The point itself is no term of the step: it is written like all else.
    const colored = terms.filter(({ kind }) => kind !== "point");
    const colors = new Map(colored.map(({ color, id }) => [id, resolved(color, arrays, theme)]));
    const told = new Map(terms.map(({ id, told: words }) => [id, words]));
    for (const element of this.place.querySelectorAll("[data-arrows]")) {
      const [only = "", ...more] = (element.getAttribute("data-arrows") ?? "").split(" ");
      const arrow = more.length === 0 ? arrows[Number(only)] : undefined;
      if (arrow) colorOf(element, resolved(arrow.color, arrays, theme));
    }
    for (const element of this.place.querySelectorAll("[data-term]")) {
      const id = element.getAttribute("data-term") ?? "";
      colorOf(element, colors.get(id));
      const words = told.get(id);
      if (words) element.setAttribute("title", words);
    }
  }
}

/**
 * @param {Element} element
 * @param {string | undefined} color
 */
function colorOf(element, color) {
  if (element instanceof HTMLElement || element instanceof MathMLElement) element.style.color = color ?? "";
}
