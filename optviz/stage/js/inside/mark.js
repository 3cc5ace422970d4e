// @ts-check
// An arrow of the local picture as shapes of SVG.

/** @import { Arrays, Box, Theme } from "../types.js" */
/** @import { InsideArrow } from "./types.js" */
/** @import { Place } from "./window.js" */

import { arrowOf } from "../arrow.js";
import { resolved } from "../message.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof SVGElementTagNameMap} Kind
 * @param {Kind} name
 * @param {Record<string, string | number>} [attributes]
 */
export function shape(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** An arrow of the picture: what it is, its shapes, and how it is drawn. */
export class Mark {
  /**
   * @param {InsideArrow} arrow
   * @param {{ role: string, width: number, place?: number, dashed?: boolean, label?: string }} how
   */
  constructor(arrow, { role, width, place, dashed = false, label = arrow.label }) {
    this.arrow = arrow;
    this.width = width;
    this.label = label;
    this.group = shape("g", { class: `inside-arrow inside-${role}`, "data-role": role });
    if (place !== undefined) this.group.dataset["arrows"] = String(place);
    this.casing = shape("path", { fill: "none", "stroke-width": width + 3, "stroke-linejoin": "round", class: "inside-casing" });
    this.shaft = shape("path", { fill: "none", "stroke-width": width, class: "inside-shaft" });
    if (dashed) this.shaft.setAttribute("stroke-dasharray", "7 5");
    this.head = shape("path", { class: "inside-head" });
    this.text = shape("text", { class: "inside-letters", "text-anchor": "middle", "dominant-baseline": "central" });
    this.text.textContent = label;
    if (role === "total") this.group.append(this.shaft, this.head);
    else this.group.append(this.casing, this.shaft, this.head);
  }

  /**
   * @param {Arrays} arrays
   * @param {number} step
   * @returns {[Place, Place] | null} null where it is not known
   */
  ends(arrays, step) {
    const [x1, y1, x2, y2] = rowOf(arrays, this.arrow.ends, step);
    if (![x1, y1, x2, y2].every(Number.isFinite)) return null;
    return [[Number(x1), Number(y1)], [Number(x2), Number(y2)]];
  }

  /**
   * @param {Theme} theme
   * @param {Arrays} arrays
   */
  paint(theme, arrays) {
    const color = resolved(this.arrow.color, arrays, theme);
    this.shaft.setAttribute("stroke", color);
    this.head.setAttribute("fill", color);
    this.casing.setAttribute("stroke", theme["casing"]);
    // Letters are thinner than arrows: mixed with the ink they are read on any ground.
    Object.assign(this.text.style, { fill: `color-mix(in srgb, ${color} 62%, ${theme["ink"]})`, stroke: theme["casing"] });
  }

  /**
   * @param {[Place, Place] | null} pixels
   * @param {Box} box
   */
  move(pixels, box) {
    const drawn = pixels && arrowOf(pixels[0], pixels[1], this.width, box);
    this.shaft.setAttribute("d", drawn?.shaft ?? "");
    this.head.setAttribute("d", drawn?.head ?? "");
    this.casing.setAttribute("d", drawn ? drawn.shaft + drawn.head : "");
    return drawn !== null;
  }
}

/**
 * A row of an array of the message, whatever its width.
 * @param {Arrays} arrays
 * @param {string} reference
 * @param {number} step
 * @returns {number[]}
 */
export function rowOf(arrays, reference, step) {
  const row = arrays.get(reference.slice(1))?.[step];
  return row === undefined ? [] : typeof row === "number" ? [row] : Array.from(row);
}
