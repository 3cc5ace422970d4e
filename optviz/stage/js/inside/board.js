// @ts-check
// The page "Inside a step" as markup: it is made once, with a slot for all that changes.

import { fillRoot, icon, part } from "../elements.js";

const TEMPLATE = `
  <div class="inside-choose">
    <div class="inside-racers" role="group"></div>
    <label class="inside-beside"><span></span><select></select></label>
  </div>
  <div class="inside-ask"><div class="inside-questions" role="group"></div><button data-do="race" class="inside-back"></button></div>
  <p class="inside-scales"></p>
  <div class="inside-sides"></div>
  <div class="optviz-transport inside-transport">
    <div class="optviz-buttons">
      <button data-do="first">${icon("first")}</button><button data-do="back">${icon("back")}</button>
      <button data-do="play" class="optviz-play">${icon("play")}</button>
      <button data-do="forward">${icon("forward")}</button><button data-do="last">${icon("last")}</button>
    </div>
    <input type="range" class="optviz-scrubber" min="0" step="1">
    <output class="optviz-readout"></output>
    <select class="optviz-speed"></select>
    <button data-do="full" aria-pressed="false">${icon("full")}</button>
  </div>`;

const SIDE = `
  <header><h2><svg width="18" height="18" viewBox="0 0 16 16" aria-hidden="true"><path/></svg><span></span></h2></header>
  <p class="inside-said" aria-live="polite"></p>
  <div class="inside-local">
    <div class="inside-drawn"><div class="inside-picture"></div><p class="inside-gone"></p><ul class="inside-key"></ul><p class="inside-note"></p></div>
    <div class="inside-told">
      <h3 data-name="rule_title"></h3><div class="inside-rule"></div>
      <div class="inside-meters"></div>
    </div>
  </div>
  <h3 data-name="series_title"></h3>
  <div class="inside-strips"></div>`;

/**
 * Puts an empty page into its place.
 * @param {HTMLElement} root
 * @param {(what: string) => void} command called for a button with its `data-do`
 */
export function buildBoard(root, command) {
  const body = fillRoot(root, "optviz-stage inside", TEMPLATE, command);
  return {
    body,
    racers: part(body, ".inside-racers"),
    beside: part(body, ".inside-beside"),
    besidePicker: /** @type {HTMLSelectElement} */ (part(body, ".inside-beside select")),
    questions: part(body, ".inside-questions"),
    scales: part(body, ".inside-scales"),
    sides: part(body, ".inside-sides"),
    transport: part(body, ".inside-transport"),
    scrubber: /** @type {HTMLInputElement} */ (part(body, ".optviz-scrubber")),
    full: part(body, "[data-do=full]"),
    readout: part(body, ".optviz-readout"),
    speedPicker: /** @type {HTMLSelectElement} */ (part(body, ".optviz-speed")),
  };
}

/** @typedef {ReturnType<typeof buildBoard>} Board */

/** The markup of one optimizer. */
export function buildSide() {
  const side = document.createElement("section");
  side.className = "inside-side";
  side.innerHTML = SIDE;
  return side;
}
