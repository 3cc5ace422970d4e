// @ts-check
// Lines of an optimizer's rule with the numbers of a step in them: see Token in types.d.ts.

/** @import { Token } from "./types.js" */
/** @import { Arrays } from "../types.js" */

const DIGITS = 6;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A number of a step, always with six significant digits, so that nothing shifts from step to step; what has fewer is
 * exact. 0 is 0.
 * @param {number} value
 */
export function significant(value) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const text = Math.abs(value) < 1e-3 ? value.toExponential(DIGITS - 1) : value.toPrecision(DIGITS);
  return text.replace("e+", "e").replaceAll("-", "−");
}

/**
 * What stands in the place of a token at a step.
 * @param {Token} token
 * @param {Arrays} arrays
 * @param {number} step
 * @param {number} axis 0 for x, 1 for y
 */
export function filledIn(token, arrays, step, axis) {
  if ("text" in token) return token.text;
  const row = arrays.get(token.value.slice(1))?.[token.before ? step - 1 : step] ?? NaN;
  const value = typeof row === "number" ? row : row[axis] ?? NaN;
  if (token.raised) return Number.isFinite(value) ? String(value).replace(/\d/g, (digit) => RAISED[Number(digit)] ?? "") : "–";
  const text = significant(value);
  const bracketed = text.startsWith("−") || (token.brackets === "base" && text.includes("e"));
  return token.brackets && bracketed ? `(${text})` : text;
}
