// @ts-check
// What a hand points at in the picture: Plotly finds it and draws its label, and its racer is lit. While a handle is
// held, and until the hand has left the place where it let go, there is neither: what is there has not been asked for.

const HUSHED = "optviz-hushed"; // hides Plotly's labels: see stage.css

export class Hover {
  /**
   * @param {{ classList: Pick<DOMTokenList, "toggle"> }} plot
   * @param {(trace: number | null) => void} light
   */
  constructor(plot, light) {
    this.plot = plot;
    this.light = light;
    this.isHushed = false;
    /** @type {number | null} what Plotly has found last: of what stays the same it does not tell again */
    this.found = null;
  }

  /** @param {number | null} trace */
  find(trace) {
    this.found = trace;
    if (!this.isHushed) this.light(trace);
  }

  /** @param {boolean} isHushed */
  hush(isHushed) {
    if (isHushed === this.isHushed) return;
    this.isHushed = isHushed;
    this.plot.classList.toggle(HUSHED, isHushed);
    this.light(isHushed ? null : this.found);
  }
}
