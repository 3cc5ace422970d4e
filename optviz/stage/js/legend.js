// @ts-check
// The legend: a button for each racer, which hides and shows it, and on a tour says what it has won.

/** @import { Dispatch, State } from "./types.js" */
/** @typedef {(index: number, takesFocus: boolean) => void} OpenCard opens a racer's card, with the focus in it or not */

import { sync } from "./elements.js";
import { dashOf, markerPath } from "./drawing.js";
import { resolved } from "./message.js";
import { put } from "./sentences.js";
import { racersOf } from "./state.js";
import { isCoarse } from "./theme.js";

const CHIP = '<svg width="30" height="12" viewBox="0 0 30 12" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
  + '<line x1="1" y1="6" x2="29" y2="6"/><path/></svg><span></span><span class="optviz-wins"></span>';

const LONG = 3; // letters of what was won

/**
 * @param {HTMLElement} legend
 * @param {State} state
 * @param {Dispatch} dispatch
 * @param {OpenCard} openCard
 */
export function updateLegend(legend, state, dispatch, openCard) {
  const header = state.message?.header;
  const make = () => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.innerHTML = CHIP;
    const index = () => Number(chip.dataset["index"]);
    chip.addEventListener("click", () => dispatch({ type: "toggle", index: index() }));
    chip.addEventListener("dblclick", () => dispatch({ type: "only", index: index() }));
    const light = () => dispatch({ type: "light", index: index() });
    // Also a finger that rests on it, and the key for menus.
    chip.addEventListener("contextmenu", (event) => {
      event.preventDefault();
      const byHand = event.button === 2 || /** @type {PointerEvent} */ (event).pointerType === "touch";
      openCard(index(), !byHand && document.activeElement === chip);
    });
    chip.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      if (!event.repeat) dispatch({ type: "only", index: index() });
    });
    chip.addEventListener("pointerenter", light);
    // A tap gives the focus as well, and keeps it: only who uses the keyboard sees it.
    chip.addEventListener("focus", () => { if (chip.matches(":focus-visible")) light(); });
    for (const end of ["pointerleave", "blur"]) chip.addEventListener(end, () => dispatch({ type: "light", index: null }));
    return chip;
  };
  sync(legend, racersOf(state), make, (chip, racer, index) => {
    chip.dataset["index"] = String(index);
    chip.title = header?.text[isCoarse() ? "legend_help_on_touch" : "legend_help"] ?? "";
    chip.setAttribute("aria-pressed", String(!state.hidden.includes(index)));
    const [name, wins] = chip.querySelectorAll("span");
    if (!name || !wins) return;
    name.textContent = racer.name;
    const won = header?.tour ? String(header.tour.wins[index] ?? "") : null;
    const isLong = (won ?? "").length > LONG;
    // A long number stands alone: there is no room for a dot before it, unless the digits were too small to be read.
    wins.textContent = won === null ? "" : isLong ? won : put(header?.text["tally"], { wins: won });
    wins.dataset["long"] = String(isLong);
    if (won !== null) chip.title = `${put(header?.text[won === "1" ? "tally_told_one" : "tally_told"], { wins: won })}\n${chip.title}`;
  });
}

/**
 * The lines and markers, in the colours of the theme.
 * @param {HTMLElement} legend
 * @param {State} state
 * @param {"light" | "dark"} theme
 */
export function paintLegend(legend, state, theme) {
  const { message } = state;
  if (!message) return;
  racersOf(state).forEach((racer, index) => {
    const [line, marker] = legend.children[index]?.querySelectorAll("line, path") ?? [];
    const color = resolved(racer.color, message.arrays, message.header.themes[theme]);
    line?.setAttribute("stroke", color);
    line?.setAttribute("stroke-width", "2.4");
    line?.setAttribute("stroke-dasharray", dashOf(racer.dash).join(" "));
    marker?.setAttribute("d", markerPath(racer.marker, 15, 6, 4.6));
    marker?.setAttribute("fill", color);
  });
}
