// @ts-check
// The handle for all learning rates: what is drawn follows it while it is dragged; let go, it is chosen.

/** @import { Rates, Words } from "./types.js" */

import { part } from "./elements.js";

/**
 * @typedef {object} RateAnswers
 * @property {(rate: number) => void} follow
 * @property {(rate: number | null) => void} commit null: brought back to where it was
 */

export class RateHandle {
  /**
   * @param {HTMLElement} box
   * @param {RateAnswers} answers
   */
  constructor(box, { follow, commit }) {
    this.box = box;
    this.input = /** @type {HTMLInputElement} */ (part(box, "input"));
    this.held = false;
    this.givenUp = false; // held still, but nothing follows it any more
    /** @type {Rates | null} */
    this.rates = null;
    this.input.addEventListener("input", () => {
      if (this.givenUp) return;
      this.held = true;
      this.show(this.value);
      follow(this.value);
    });
    this.input.addEventListener("change", () => {
      this.held = false;
      if (!this.givenUp) commit(this.value);
    });
    // Brought back to where it was, it has not changed, and the browser says nothing of it.
    const release = () => setTimeout(() => {
      if (this.held) commit(null);
      this.held = false;
      this.restore();
    });
    for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) this.input.addEventListener(name, release);
  }

  giveUp() {
    this.givenUp = this.held;
    this.held = false;
  }

  // Let go of after it was given up: the thumb goes back to what the page says.
  restore() {
    if (!this.givenUp) return;
    this.givenUp = false;
    if (this.rates) this.place(this.rates);
  }

  // Two digits, so that it can be said; a step of the handle is 12 %, more than that rounds away.
  get value() {
    return Number((10 ** Number(this.input.value)).toPrecision(2));
  }

  /**
   * The thumb stands for the highest learning rate, on one scale for all; where rates differ all go with it by the same
   * factor, down to where the lowest is the least.
   * @param {Rates | null | undefined} rates
   * @param {Words} text
   * @param {boolean} followed whether the picture is still on its way to where the thumb is
   */
  update(rates, text, followed) {
    this.box.hidden = !rates;
    this.rates = rates ?? null;
    if (!rates) return;
    const { lowest, highest } = rates;
    const apart = lowest !== highest;
    this.box.title = text[apart ? "rate_scaled" : "rate_help"] ?? "";
    this.box.dataset["apart"] = String(apart);
    part(this.box, "span").textContent = apart ? "η ×" : "η";
    this.input.setAttribute("aria-label", text[apart ? "rate_scaled" : "rate"] ?? "");
    if (!followed && !this.held && !this.givenUp) this.place(rates);
  }

  /** @param {Rates} rates */
  place({ lowest, highest, least, most }) {
    const step = Number(this.input.step);
    this.input.min = String(Math.ceil(Math.log10((least * highest) / lowest) / step - 1e-6) * step);
    this.input.max = String(Math.log10(most));
    this.input.value = String(Math.log10(highest));
    this.show(highest);
  }

  /** @param {number} rate */
  show(rate) {
    if (!this.rates) return;
    const { lowest, highest } = this.rates;
    /** @param {number} value */
    const said = (value) => Number(value.toPrecision(3)).toString();
    const all = lowest === highest ? said(rate) : `${said((rate * lowest) / highest)}–${said(rate)}`;
    part(this.box, "output").textContent = all;
    this.input.setAttribute("aria-valuetext", all);
  }
}
