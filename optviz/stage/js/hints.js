// @ts-check
// The hints of a first visit: at most one in sight, each dismissed once and for all.

/** @import { Hint } from "./types.js" */

const KEPT = "optviz-hints";
/** @type {Set<string> | null} for this page, where the browser keeps nothing */
let dismissed = null;
/** @type {Hint | null} */
let inSight = null;

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
  inSight = hints.find(({ about }) => !dismissedHints().has(about)) ?? null;
  return inSight;
}

/**
 * Puts away the hint about something, or without a name the one in sight.
 * @param {string | null} about
 */
export function dismissHint(about) {
  const name = about ?? inSight?.about;
  if (!name || dismissedHints().has(name)) return;
  dismissedHints().add(name);
  try {
    window.localStorage.setItem(KEPT, JSON.stringify([...dismissedHints()]));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
