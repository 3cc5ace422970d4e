// @ts-check
// A chart under the keyboard: the arrows lead from mark to mark, each tells its numbers, and Enter chooses it.

/** @import { Dict, PlotElement } from "../types.js" */
/** @import { Place, Stop } from "./marks.js" */

import { placeBy, placeOf, stopsOf } from "./marks.js";

export class Walk {
  /**
   * @param {PlotElement} plot
   * @param {HTMLElement} told where the numbers of a mark are said to who does not see them
   * @param {(point: Dict) => void} choose
   */
  constructor(plot, told, choose) {
    this.plot = plot;
    this.told = told;
    this.choose = choose;
    /** @type {Place} */
    this.at = { row: 0, place: 0 };
    this.isShown = false;
    this.byHand = false;
    this.labels = new MutationObserver(() => this.say());
    plot.tabIndex = 0;
    plot.addEventListener("keydown", (event) => this.answer(event));
    // A hand that clicks sees what it points at.
    plot.addEventListener("focus", () => { if (plot.matches(":focus-visible")) this.show(); });
    plot.addEventListener("blur", () => this.hide());
    for (const type of ["mousemove", "mouseout"]) plot.addEventListener(type, (event) => this.pass(event), true);
  }

  /** @returns {Stop[][]} */
  rows() {
    const { _fullData, _fullLayout } = this.plot;
    if (!_fullData || !_fullLayout) return [];
    return stopsOf(_fullData, _fullLayout, (axis, x) => {
      const across = _fullLayout[`xaxis${axis.slice(1)}`];
      return across._offset + across.d2p(x);
    });
  }

  /** @param {KeyboardEvent} event */
  answer(event) {
    if (event.target !== this.plot || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = this.rows();
    if (event.key === "Escape") return this.hide();
    if (event.key === "Enter" || event.key === " ") {
      const stop = rows[this.at.row]?.[this.at.place];
      if (stop) this.choose(this.pointOf(stop));
    } else {
      const to = placeBy(rows, this.at, event.key);
      if (!to) return;
      if (this.isShown) this.at = to;
      this.show();
    }
    event.preventDefault();
    // Elsewhere on the page the same keys play a race, or scroll.
    event.stopPropagation();
  }

  /**
   * Where the page moves under a mouse that lies still, browsers tell of it as of a hand; Plotly would take the label that
   * the keys have asked for away, even before it stands there.
   * @param {Event} event
   */
  pass(event) {
    const { movementX, movementY } = /** @type {MouseEvent} */ (event);
    if (movementX || movementY) this.byHand = true;
    if (this.isShown && !this.byHand) event.stopPropagation();
  }

  /**
   * As Plotly tells of a click.
   * @param {Stop} stop
   * @returns {Dict}
   */
  pointOf({ curve, point }) {
    const trace = this.plot.data?.[curve] ?? {};
    const noted = trace["customdata"];
    return { data: trace, pointNumber: point, customdata: Array.isArray(point) ? noted?.[point[0]]?.[point[1]] : noted?.[point] };
  }

  show() {
    const rows = this.rows();
    const row = Math.min(this.at.row, rows.length - 1);
    const place = Math.min(this.at.place, (rows[row]?.length ?? 0) - 1);
    const stop = rows[row]?.[place];
    if (!stop || !window.Plotly) return;
    this.at = { row, place };
    this.isShown = true;
    this.byHand = false;
    const { xaxis = "x", yaxis = "y" } = this.plot._fullData?.[stop.curve] ?? {};
    const layer = this.plot.querySelector(".hoverlayer");
    if (layer) this.labels.observe(layer, { childList: true, subtree: true });
    const { curve, point } = stop;
    // Of a cell Plotly knows but where it is.
    const pointed = Array.isArray(point) ? { xval: point[1], yval: point[0] } : [{ curveNumber: curve, pointNumber: point }];
    window.Plotly.Fx.hover(this.plot, pointed, [`${xaxis}${yaxis}`]);
    this.say();
  }

  // What the label says; Plotly takes its time for it, and tells nobody when it stands there.
  say() {
    const labels = [...this.plot.querySelectorAll(".hoverlayer .hovertext")].map(sayingOf);
    if (this.isShown && labels.length) this.told.textContent = labels.join("; ");
  }

  hide() {
    if (!this.isShown) return;
    this.isShown = false;
    this.labels.disconnect();
    this.told.textContent = "";
    window.Plotly?.Fx.unhover(this.plot);
  }

  // What has been drawn anew shows no label.
  resume() {
    if (this.isShown && this.plot === document.activeElement) this.show();
  }

  /**
   * From what was clicked the keys go on.
   * @param {Dict} point
   */
  goTo({ curveNumber, pointNumber }) {
    this.at = placeOf(this.rows(), curveNumber, pointNumber) ?? this.at;
  }
}

/** @param {Element} label */
function sayingOf(label) {
  const lines = [...label.querySelectorAll("tspan.line")].map(({ textContent }) => textContent);
  return (lines.length ? lines : [label.textContent]).join(", ");
}
