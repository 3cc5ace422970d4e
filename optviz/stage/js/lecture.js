// @ts-check
// For a lecture room: full screen, and the QR code of the page over the picture, large enough for the last row.

/** @import { Elements, State, Words } from "./types.js" */

import { label, part } from "./elements.js";

/**
 * Whether this stage has the whole screen.
 * @param {HTMLElement} body
 */
export function isFullScreen(body) {
  return document.fullscreenElement === body;
}

/**
 * Where the browser has none, as on most phones, nothing happens.
 * @param {HTMLElement} body
 */
export function toggleFullScreen(body) {
  if (!document.fullscreenEnabled) return;
  // Refused where no hand has asked for it, or the page's own frame forbids it: then it stays as it was.
  const done = isFullScreen(body) ? document.exitFullscreen() : body.requestFullscreen();
  done.catch(() => {});
}

/**
 * @param {HTMLElement} button
 * @param {HTMLElement} body what it gives the whole screen to, or takes it from
 * @param {Words} text
 */
export function updateFullButton(button, body, text) {
  const isFull = isFullScreen(body);
  button.hidden = !document.fullscreenEnabled;
  button.setAttribute("aria-pressed", String(isFull));
  label(button, text[isFull ? "full_end" : "full"]);
}

/**
 * The two buttons, and the code.
 * @param {Elements} elements
 * @param {State} state
 */
export function updateLecture({ above, body, code, homeButton, plot, scenery, transport }, { code: isShown, message }) {
  const { text = {}, tools = [], present, code: sent } = message?.header ?? {};
  const [full, button] = [part(transport, "[data-do=full]"), part(transport, "[data-do=code]")];
  updateFullButton(full, body, text);
  button.hidden = !tools.includes("code") || !(present || isFullScreen(body));
  button.setAttribute("aria-expanded", String(isShown));
  code.hidden = !isShown || !sent;
  // What lies under it is not to be reached by the keyboard either.
  for (const covered of [above, plot, scenery, homeButton]) covered.inert = !code.hidden;
  code.setAttribute("aria-label", text["code"] ?? "");
  const picture = /** @type {HTMLImageElement} */ (part(code, "img"));
  picture.hidden = !sent?.picture;
  if (sent?.picture && picture.src !== sent.picture) picture.src = sent.picture;
  picture.alt = sent?.told ?? "";
  part(code, "p").textContent = sent?.picture ? "" : sent?.told ?? "";
}
