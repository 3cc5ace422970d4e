// @ts-check
// The hints of a first visit: at most one in sight, each dismissed once and for all.

/** @import { Hint } from "./types.js" */

const KEPT = "optviz-hints";
/** @type {Set<string> | null} for this page, where the browser keeps nothing */
let dismissed = null;

function dismissedHints() {
  if (dismissed) return dismissed;
  try {
    dismissed = new Set(JSON.parse(window.localStorage.getItem(KEPT) ?? "[]"));
  } catch {
    dismissed = new Set();
  }
  return dismissed;
}

/**
 * The first hint that has not been dismissed; null when all have.
 * @param {Hint[]} hints
 */
export function nextHint(hints) {
  return hints.find(({ about }) => !dismissedHints().has(about)) ?? null;
}

/**
 * Puts away the hint about something.
 * @param {string} about
 */
export function dismissHint(about) {
  if (dismissedHints().has(about)) return;
  dismissedHints().add(about);
  try {
    window.localStorage.setItem(KEPT, JSON.stringify([...dismissedHints()]));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
