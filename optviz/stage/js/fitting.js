// @ts-check
// The picture in its page: how high it is, and where the legend stands.

/** @import { Dict, Elements, Header, State } from "./types.js" */

import { hasCurves } from "./figure.js";
import { isFullScreen } from "./lecture.js";
import { heightInText, heightOf } from "./split.js";
import { isCoarse } from "./theme.js";

const FREE = 8; // pixels that stay free below all
const FULL = 10; // pixels around a stage that has the whole screen
const PHONE = 640; // the widest window of one
const LOW = 500; // the highest window of a phone on its side, as in the style sheets
const SIDEWAYS = 560; // and the narrowest: one held upright is as low where its keyboard is open
const LOW_TOP = 56; // pixels above a picture on it, once the page is scrolled to that: what the page's header covers
const LOW_BAR = 52; // pixels of the bar on it; what is opened lies over the picture
const SMALL = 1100; // the widest window in which a legend is above the picture, whatever the race: so it stays where it is
const SMALL_ROOM = 800; // pixels of a picture beside which the bar has no room for all of its controls
const LONGEST_PHONE = 950; // pixels
const LOWEST_TOP = 0.35; // of the height of the window
const LOWEST_TOP_PRESENTED = 0.55; // a class sees the question above and all of the picture at once
const UPRIGHT = 1.1; // widths by heights
const LEGEND_BEFORE = 30; // where a legend above curves begins, before their axis
const LEGEND_AFTER = 10;
const MOST_LEGEND = 0.5; // of the height of the curves that it stands above

// Whether the window is held upright, or nearly: beside a map that is high enough the curves would be a strip.
function isUpright() {
  return window.innerWidth < UPRIGHT * window.innerHeight;
}

export function isPhone() {
  return window.innerWidth <= PHONE && !isSideways();
}

// Whether the window is that of a phone on its side.
export function isSideways() {
  return window.innerHeight <= LOW && window.innerWidth >= SIDEWAYS && isCoarse();
}

// How the window is held, on which the arrangement depends.
export function heldHow() {
  return { upright: isUpright(), sideways: isSideways() };
}

/**
 * Gives the picture the height that is in sight. Only for another window or arrangement, so that nothing moves otherwise.
 * @param {Pick<Elements, "body" | "picture" | "sentence" | "transport">} elements
 * @param {string} arrangement
 * @param {State} state
 * @param {string} before what it was last done for
 * @returns {string} what it is done for now
 */
export function fitHeight({ body, picture, sentence, transport }, arrangement, { message, tab }, before) {
  const [present, isAlone] = [Boolean(message?.header.present), tab !== null];
  if (message?.header.small) return fitInText({ body, picture }, message.header, arrangement, before);
  const { innerWidth } = window;
  // What stands above it is less once the race is to be played.
  const { replay = 0 } = message?.header ?? {};
  // On a phone the window grows when its address bar folds: the picture does not follow that.
  const innerHeight = isPhone() ? Math.min(window.screen.height, LONGEST_PHONE) : window.innerHeight;
  const isLow = isSideways();
  body.dataset["legend"] ??= arrangement === "narrow" || isLow || (innerWidth <= SMALL && !present) ? "above" : "over";
  const width = picture.clientWidth;
  const isFull = isFullScreen(body);
  const isSmall = arrangement === "wide" && !isLow && !present && !isFull && width > 0 && width < SMALL_ROOM;
  body.dataset["room"] = isSmall ? "small" : "";
  const stands = isPosed(message?.header) ? Math.round(body.getBoundingClientRect().top + scrolledBy(body)) : null;
  const asked = [isFull, innerWidth, innerHeight, arrangement, present, isAlone, width, body.dataset["legend"], replay, stands, isLow];
  const fitted = JSON.stringify(asked);
  if (fitted === before || !width) return before;
  const isNarrow = arrangement === "narrow";
  // One that stands far down a page is looked at when the page is scrolled to it.
  const lowest = isLow ? LOW_TOP : (present ? LOWEST_TOP_PRESENTED : LOWEST_TOP) * innerHeight;
  const top = isFull ? FULL : Math.min(body.getBoundingClientRect().top + scrolledBy(body), lowest);
  const above = body.dataset["legend"] === "above" ? picture.offsetTop : 0;
  const below = isLow ? LOW_BAR : endOf({ body, sentence, transport }, isFull) - bottomOf(picture);
  const inSight = innerHeight - top - above - below - FREE;
  picture.style.height = `${heightOf({ width, inSight, isNarrow, isPhone: isPhone(), isLow, isAlone })}px`;
  return fitted;
}

/**
 * Whether a class reads a question above it, or the answer: the words may come after the picture, which has to leave room
 * for them. What plays in between leaves them as they are.
 * @param {Header | undefined} header
 */
export function isPosed(header) {
  const { played, present, replay, tools = [] } = header ?? {};
  const isOfLesson = played !== undefined && tools.every((tool) => tool === "inside");
  return Boolean(present) && isOfLesson && (played || !replay);
}

/**
 * What a picture lies in: where that changes its height, the picture may stand elsewhere.
 * @param {HTMLElement} root
 * @returns {HTMLElement[]}
 */
export function aroundIt(root) {
  const { parentElement } = root;
  return parentElement ? [parentElement, ...aroundIt(parentElement)] : [];
}

/**
 * Gives a small picture in a text a height that goes with its width.
 * @param {Pick<Elements, "body" | "picture">} elements
 * @param {Header} header
 * @param {string} arrangement
 * @param {string} before
 */
function fitInText({ body, picture }, header, arrangement, before) {
  body.dataset["legend"] = "above";
  const width = picture.clientWidth;
  const isAlone = !hasCurves(header.arrangements[arrangement] ?? {});
  const fitted = JSON.stringify([width, arrangement, isAlone]);
  if (fitted === before || !width) return before;
  picture.style.height = `${heightInText(header.plot.layout, { width, isAlone, isNarrow: arrangement === "narrow" })}px`;
  return fitted;
}

/**
 * What is written there, but for numbers, which count.
 * @param {HTMLElement} element
 */
function wordsOf(element) {
  return (element.textContent ?? "").replace(/[\d.]/g, "");
}

/**
 * Where what is to be in sight with the picture ends.
 * @param {Pick<Elements, "body" | "sentence" | "transport">} elements
 * @param {boolean} isFull what has the whole screen is as high as that
 */
function endOf({ body, sentence, transport }, isFull) {
  return isFull ? Math.max(bottomOf(transport), bottomOf(sentence)) : bottomOf(body);
}

/** @param {HTMLElement} element */
function bottomOf(element) {
  return element.getBoundingClientRect().bottom;
}

/**
 * How far what an element lies in is scrolled.
 * @param {HTMLElement} element
 */
function scrolledBy(element) {
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    if (parent.scrollTop > 0) return parent.scrollTop;
  }
  return 0;
}

/**
 * Puts the legend, and what chooses views, above the curves beside the map, which are lower by that; where it is too
 * long for that, or the charts stand one below the other, it is above the picture.
 * @param {Pick<Elements, "above" | "body">} elements
 * @param {Dict} layout of the figure, which is changed
 * @param {string} arrangement
 * @returns {boolean} whether there is another room for the picture now
 */
export function placeLegend({ above, body }, layout, arrangement) {
  const { height, margin, width, xaxis2, yaxis2 } = layout;
  const before = body.dataset["legend"];
  body.dataset["legend"] = "over";
  // Once it was too long it stays above: with the picture lower the map is smaller and the curves are wider, so that it
  // would have room again, and then not.
  const asked = [window.innerWidth, window.innerHeight, width, isFullScreen(body), body.dataset["present"], wordsOf(above)];
  const crowded = JSON.stringify(asked);
  const hasRoom = body.dataset["crowded"] !== crowded && body.dataset["small"] !== "true"
    && !isSideways() && (window.innerWidth > SMALL || body.dataset["present"] === "true");
  if (arrangement === "wide" && hasRoom && margin && xaxis2?.domain && yaxis2 && xaxis2.visible !== false) {
    const left = margin.l + xaxis2.domain[0] * (width - margin.l - margin.r) - LEGEND_BEFORE;
    Object.assign(above.style, { left: `${left}px`, width: `${width - left}px` });
    const share = (above.offsetHeight + LEGEND_AFTER - margin.t) / (height - margin.t - margin.b);
    if (share < MOST_LEGEND) {
      yaxis2.domain = [0, 1 - Math.max(0, share)];
      return before === "above";
    }
    body.dataset["crowded"] = crowded;
  }
  body.dataset["legend"] = "above";
  Object.assign(above.style, { left: "", width: "" });
  return before !== "above";
}
