// @ts-check
// What a step did, in plain words and with its own numbers. What can be said follows from which terms an optimizer keeps,
// by the names they have in its State, and from how large they are; never from what the optimizer is called.

/** @import { Arrays, Words } from "../types.js" */
/** @import { InsideArrow, InsideRacer } from "./types.js" */

import { counted, joined, number, put } from "../sentences.js";
import { rowOf } from "./mark.js";

const LEVEL = 1.25; // of two lengths: less apart they are called equal
const ALIKE = 0.5; // the cosine between two directions: beyond it they are the same, or opposite
const LONG = 3; // times as long as another is a step that is not almost as long
const STEEPER = 3; // times as steep as now was the slope at a step that is worth a comparison
const CORRECTED = 1.05; // a correction that is worth a word
const ASTRAY = 10; // degrees
const FELL = 1.05; // times as large: less is no fall worth a number
const DIGITS = [4, 6, 8]; // of two losses, until they are told apart

/**
 * @typedef {object} Facts of one step
 * @property {InsideRacer} racer
 * @property {number} step
 * @property {number} from the loss before it
 * @property {number} to the loss after it
 * @property {number[]} moved Δθ
 * @property {boolean} [moves] whether the surface does
 * @property {boolean} [outside] whether it ends outside the surface
 * @property {number[]} slope of the full loss where the step began
 * @property {(key: string, step?: number) => number[]} term by its name in the State, of this step or of another
 * @property {(step: number) => number[]} moveOf another step
 * @property {(arrow: InsideArrow) => number[]} vector
 */

/**
 * @param {InsideRacer} racer
 * @param {Arrays} arrays
 * @param {number} step
 * @param {readonly number[]} domain x from and to, y from and to
 * @returns {Facts}
 */
export function factsOf(racer, arrays, step, domain) {
  const series = new Map([...racer.bars, ...racer.series].map(({ key, values }) => [key, values]));
  if (racer.gradient) series.set("gradient", racer.gradient);
  /** @param {number} at */
  const local = (at) => rowOf(arrays, racer.local, at);
  /** @param {InsideArrow} arrow @param {number} at */
  const along = (arrow, at) => {
    const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = rowOf(arrays, arrow.ends, at);
    return [x2 - x1, y2 - y1];
  };
  const before = Math.max(0, step - 1);
  const [x = NaN, y = NaN] = rowOf(arrays, racer.points, step);
  const [left = -Infinity, right = Infinity, bottom = -Infinity, top = Infinity] = domain;
  return {
    racer, step,
    outside: x < left || x > right || y < bottom || y > top,
    from: local(before)[0] ?? NaN,
    to: local(step)[0] ?? NaN,
    moved: along(racer.total, step),
    slope: local(before).slice(1, 3),
    term: (key, at = step) => rowOf(arrays, series.get(key) ?? "@", at),
    moveOf: (at) => along(racer.total, at),
    vector: (arrow) => along(arrow, step),
  };
}

/** @param {number[]} vector */
export function length(vector) {
  return Math.hypot(vector[0] ?? NaN, vector[1] ?? NaN);
}

/**
 * The cosine of the angle between two vectors.
 * @param {number[]} one
 * @param {number[]} other
 */
function cosine(one, other) {
  return ((one[0] ?? 0) * (other[0] ?? 0) + (one[1] ?? 0) * (other[1] ?? 0)) / (length(one) * length(other));
}

/** @type {((facts: Facts, text: Words) => string | null)[]} each a sentence, or null where there is nothing to say */
const RULES = [
  went, carried, outside, pushed, lookedAhead, corrected, divided, accumulated, measuredByItself, astray, turnedBack,
];

/**
 * The sentences about a step, the most telling ones first.
 * @param {Facts} facts
 * @param {Words} text
 * @returns {string[]}
 */
export function said(facts, text) {
  const { racer, step, moved } = facts;
  if (step === 0) return [text["say_start"] ?? ""];
  if (!moved.every(Number.isFinite)) return [put(text["say_lost"], { step: racer.diverged_at })];
  // Of what has not moved there is nothing to compare.
  if (length(moved) === 0) return [went(facts, text), ...(facts.outside ? [text["say_outside"] ?? ""] : [])];
  return RULES.flatMap((rule) => rule(facts, text) ?? []).map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1));
}

/** @param {Facts} facts @param {Words} text */
function went({ from, moved, moves, step, to }, text) {
  const values = { step, from: number(from), to: number(to), length: number(length(moved)) };
  if (length(moved) === 0) return put(text["say_stays"], values);
  if (!Number.isFinite(to) || !Number.isFinite(from)) return put(text["say_moves"], values);
  // The losses are of two surfaces: which way was up is not theirs to say.
  if (moves) return put(text["say_moving"], values);
  if (to === from) return put(text["say_level"], values);
  const which = to < from ? "down" : "up";
  const digits = DIGITS.find((count) => number(from, count) !== number(to, count));
  if (digits === undefined) return put(text[`say_hardly_${which}`], { ...values, change: number(Math.abs(to - from), 3) });
  return put(text[`say_${which}`], { step, from: number(from, digits), to: number(to, digits) });
}

/** @param {Facts} facts @param {Words} text */
function carried({ moves }, text) {
  return moves ? text["say_carried"] ?? null : null;
}

/** @param {Facts} facts @param {Words} text */
function outside({ outside: isOutside }, text) {
  return isOutside ? text["say_outside"] ?? null : null;
}

/** @param {Facts} facts @param {Words} text */
function pushed({ racer, vector }, text) {
  const parts = racer.arrows.map((arrow) => ({ name: named(arrow, text), vector: vector(arrow) }))
    .filter(({ vector: along }) => length(along) > 0)
    .sort((one, other) => length(other.vector) - length(one.vector));
  const [first, second] = parts;
  if (!first || !second) return null;
  const ratio = length(first.vector) / length(second.vector);
  const turn = cosine(first.vector, second.vector);
  const how = turn > ALIKE ? "with" : turn < -ALIKE ? "against" : "across";
  const key = ratio < LEVEL ? "say_equal" : "say_longer";
  return put(text[`${key}_${how}`], { first: first.name, second: second.name, times: number(ratio, 2) });
}

/** @param {InsideArrow} arrow @param {Words} text */
function named({ kind, label }, text) {
  return put(text[`push_${kind}`] ?? "{label}", { label });
}

// Where the gradient is asked for elsewhere, and what the step would have been with that from here.
/** @param {Facts} facts @param {Words} text */
function lookedAhead({ moved, racer, slope, term, vector }, text) {
  const { counterpart } = racer;
  if (!counterpart) return null;
  const other = vector(counterpart.total);
  const values = {
    name: counterpart.name, own: number(length(moved), 3), other: number(length(other), 3),
    apart: number(length([(moved[0] ?? 0) - (other[0] ?? 0), (moved[1] ?? 0) - (other[1] ?? 0)]), 3),
    here: number(length(slope), 3), there: number(length(term("gradient")), 3),
  };
  if (!racer.asked) return put(text["say_counterpart"], values);
  // The slope here is that of all samples, which a batch's is not to be compared with.
  const compares = !racer.batched && Number.isFinite(length(term("gradient")));
  return put(text[compares ? "say_looked_ahead" : "say_asked_ahead"], values);
}

/** @param {Facts} facts @param {Words} text */
function corrected({ term }, text) {
  const [times] = [length(term("corrected_mean")) / length(term("mean"))];
  return times > CORRECTED ? put(text["say_corrected"], { times: number(times, 3) }) : null;
}

// An average of squares below a root, with no memory of the way: the step is as long on a gentle slope as on a steep one.
/** @param {Facts} facts @param {Words} text */
function divided({ moveOf, moved, racer, step, term, vector }, text) {
  if (!isKept(term, "average_square") || isKept(term, "average_update_square")) return null;
  const begun = stillBegun(term, "average_square", step);
  if (begun) return put(text["say_divided_begun"], { ...begun, rates: pair(term("effective_learning_rate")) });
  /** @param {number} at */
  const slopeOf = (at) => length(term("gradient", at));
  let steepest = step;
  for (let at = 1; at < step; at += 1) if (slopeOf(at) > slopeOf(steepest)) steepest = at;
  const steeper = slopeOf(steepest) / slopeOf(step);
  const longer = length(moveOf(steepest)) / length(moved);
  if (!(steeper > STEEPER) || longer > steeper / 2) {
    const plain = racer.plain ? length(vector(racer.plain)) : NaN;
    const told = { plain: number(plain, 3), own: number(length(moved), 3), rates: pair(term("effective_learning_rate")) };
    return put(text[Number.isFinite(plain) ? "say_divided_plain" : "say_divided"], told);
  }
  const values = { at: steepest, steeper: number(steeper, 2), longer: number(longer, 2) };
  return put(text[`say_divided_${comparedWithNow(longer)}`], values);
}

/**
 * How long a step was beside the one that is told.
 * @param {number} times as long
 */
function comparedWithNow(times) {
  if (times > LONG) return "less";
  if (times >= LEVEL) return "alike";
  return times > 1 / LEVEL ? "level" : "shorter";
}

/**
 * Where more than half of an average is what it began at: no gradient so far explains it.
 * @param {Facts["term"]} term
 * @param {string} key
 * @param {number} step
 */
function stillBegun(term, key, step) {
  const [first, now] = [term(key, 0), term(key)];
  for (const axis of [0, 1]) {
    const [begin, average] = [first[axis] ?? NaN, now[axis] ?? NaN];
    let most = 0;
    for (let at = 1; at <= step; at += 1) most = Math.max(most, (term("gradient", at)[axis] ?? NaN) ** 2);
    // An average is at most as large as the largest of what it is of.
    if (begin > 0 && average > 2 * most) {
      return { axis: "xy"[axis] ?? "", begin: number(begin, 3), average: number(average, 3), most: number(most, 3) };
    }
  }
  return null;
}

// A sum that only grows below the root: the effective learning rate only falls.
/** @param {Facts} facts @param {Words} text */
function accumulated({ step, term }, text) {
  if (!isKept(term, "accumulated_square")) return null;
  const [now, first] = [term("effective_learning_rate"), term("effective_learning_rate", 1)];
  const falls = [0, 1].map((axis) => (first[axis] ?? NaN) / (now[axis] ?? NaN));
  const axis = (falls[1] ?? 0) > (falls[0] ?? 0) ? 1 : 0;
  const values = {
    axis: "xy"[axis] ?? "", sum: number(term("accumulated_square")[axis] ?? NaN, 3), rate: number(now[axis] ?? NaN, 3),
    times: number(falls[axis] ?? NaN, 3), step, square: number((term("gradient")[axis] ?? NaN) ** 2, 3),
  };
  const falling = (falls[axis] ?? NaN) < FELL ? "say_accumulated_little" : "say_accumulated";
  const told = put(text[step > 1 ? falling : "say_accumulates"], values);
  const begin = term("accumulated_square", 0)[axis] ?? 0;
  return begin > 0 ? joined(text, [told, put(text["say_accumulated_begun"], { begin: number(begin, 3) })]) : told;
}

// The update is measured by the updates before it, which began with next to nothing.
/** @param {Facts} facts @param {Words} text */
function measuredByItself({ moveOf, moved, step, term }, text) {
  if (!isKept(term, "average_update_square")) return null;
  let way = 0;
  for (let at = 1; at <= step; at += 1) way += length(moveOf(at)) || 0;
  const key = step > 1 ? "say_by_itself" : "say_by_itself_at_first";
  const told = put(counted(text, key, step), {
    step, way: number(way, 3), first: number(length(moveOf(1)), 3), own: number(length(moved), 3),
    root: pair(term("average_update_square", step - 1).map(Math.sqrt)),
  });
  const share = length(moved) / length(term("update"));
  if (!(Math.abs(share - 1) > 1e-6)) return told;
  const factor = put(text[share < 1 ? "say_part_of_update" : "say_times_the_update"], { share: number(share, 3) });
  return joined(text, [told, factor]);
}

// A batch of samples may point elsewhere than all of them.
/** @param {Facts} facts @param {Words} text */
function astray({ racer, slope, term }, text) {
  if (!racer.batched) return null;
  const degrees = (Math.acos(Math.max(-1, Math.min(1, cosine(term("gradient"), slope)))) * 180) / Math.PI;
  return degrees > ASTRAY ? put(text["say_astray"], { degrees: Math.round(degrees) }) : text["say_batch"] ?? null;
}

/** @param {Facts} facts @param {Words} text */
function turnedBack({ moved, moveOf, racer, step }, text) {
  if (step < 2 || racer.arrows.length > 1) return null;
  return cosine(moved, moveOf(step - 1)) < -ALIKE ? text["say_turned"] ?? null : null;
}

/** @param {Facts["term"]} term @param {string} key */
function isKept(term, key) {
  return Number.isFinite(length(term(key)));
}

/** @param {number[]} vector */
function pair(vector) {
  return `(${vector.map((value) => number(value, 3)).join(", ")})`;
}
