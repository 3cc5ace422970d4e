// @ts-check
// Where the questions stand far below the picture, as on a phone, whoever asks one is led to its answer.

import { part } from "../elements.js";

const COVERED = 56; // pixels of the window, by the page's header
const FREE = 8; // pixels between what is read and the bar

/**
 * Scrolls the picture and the sentence that answers into sight, unless they are; the sentence is then what is read aloud
 * next. Where the window has no room for both, it is the sentence that is seen as a whole.
 * @param {HTMLElement} side the optimizer that the question is about
 * @param {HTMLElement} bar docked to the lower edge
 */
export function leadToAnswer(side, bar) {
  const [picture, said] = [part(side, ".inside-picture"), part(side, ".inside-said")];
  const [drawn, told] = [picture, said].map((element) => element.getBoundingClientRect());
  if (!drawn || !told) return;
  const top = Math.min(drawn.top, told.top, side.getBoundingClientRect().top);
  const bottom = Math.max(drawn.bottom, told.bottom);
  const end = window.innerHeight - bar.offsetHeight - FREE;
  if (Math.min(drawn.top, told.top) >= COVERED && bottom <= end) return;
  said.tabIndex = -1;
  said.focus({ preventScroll: true });
  const fits = bottom - top <= end - COVERED;
  side.style.scrollMarginTop = `${COVERED}px`;
  said.style.scrollMarginBottom = `${bar.offsetHeight + FREE}px`;
  const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  (fits ? side : said).scrollIntoView({ block: fits ? "start" : "end", behavior: isStill ? "auto" : "smooth" });
}
