// @ts-check
// Two bars each for what an optimizer keeps per axis: how large it is at this step, of the largest that it ever is.

/** @import { Arrays, Theme } from "../types.js" */
/** @import { InsideRacer, InsideSeries } from "./types.js" */

import { write } from "../elements.js";
import { resolved } from "../message.js";
import { number, put } from "../sentences.js";
import { rowOf } from "./mark.js";

/**
 * The share of a bar that is full.
 * @param {number} value
 * @param {InsideSeries} series
 */
export function shareOf(value, { logarithmic, range }) {
  if (!range || !Number.isFinite(value)) return 0;
  const [low, high] = range;
  if (!logarithmic) return Math.min(1, Math.abs(value) / (Math.max(Math.abs(low), Math.abs(high)) || 1));
  if (!(value > 0)) return 0;
  // The smallest is seen as well.
  return high > low ? 0.04 + (0.96 * Math.log(value / low)) / Math.log(high / low) : 1;
}

export class Meters {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    /** @type {{ series: InsideSeries, axis: number, bar: HTMLElement, value: HTMLElement }[]} */
    this.meters = [];
  }

  /**
   * @param {InsideRacer} racer
   * @param {import("../types.js").Words} text
   */
  receive({ bars }, text) {
    this.meters = [];
    this.place.hidden = bars.length === 0;
    this.place.replaceChildren(...bars.map((series) => {
      const box = document.createElement("div");
      box.className = "inside-meter";
      const title = document.createElement("p");
      title.innerHTML = series.symbol; // MathML of the core
      const words = document.createElement("span");
      const { logarithmic, range } = series;
      const ends = range && logarithmic ? [put(text["to"], { low: number(range[0], 3), high: number(range[1], 3) })] : [];
      words.textContent = [series.told, ...(logarithmic ? [text["logarithmic"]] : []), ...ends].filter(Boolean).join(" · ");
      title.append(words);
      box.append(title);
      for (const [axis, name] of ["x", "y"].entries()) {
        const row = document.createElement("div");
        row.innerHTML = `<span>${name}</span><span class="inside-track"><i></i></span><output></output>`;
        const [bar, value] = [row.querySelector("i"), row.querySelector("output")];
        if (bar && value) this.meters.push({ series, axis, bar, value });
        box.append(row);
      }
      return box;
    }));
  }

  /**
   * @param {Arrays} arrays
   * @param {number} step
   */
  fill(arrays, step) {
    for (const { series, axis, bar, value } of this.meters) {
      const row = rowOf(arrays, series.values, step);
      const known = Number(row[axis] ?? row[0] ?? NaN);
      write(value, number(known));
      bar.style.transform = `scaleX(${shareOf(known, series).toFixed(3)})`;
    }
  }

  /**
   * @param {Arrays} arrays
   * @param {Theme} theme
   */
  paint(arrays, theme) {
    for (const { series, bar } of this.meters) bar.style.background = resolved(series.color, arrays, theme);
  }
}
