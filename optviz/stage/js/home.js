// @ts-check
// The way home: a button in the corner of the first chart that is zoomed or turned, in sight while it is away from home.

/** @import { Chart, Elements } from "./types.js" */
/** @import { Picture } from "./picture.js" */

import { part } from "./elements.js";

const INSIDE = 6; // pixels from the corner of the chart

/**
 * @param {Elements} elements
 * @param {Picture} picture
 */
export function updateHomeButton({ body, homeButton, scrubber, transport }, picture) {
  const zoomed = picture.axes.zoomed();
  body.dataset["zoomed"] = zoomed.join(" ");
  body.dataset["home"] = JSON.stringify(picture.axes.home());
  const text = picture.drawn?.state.message?.header.text;
  const chart = zoomedInSight(picture);
  const corner = chart ? cornerOf(picture, chart) : picture.cornerOfTurned();
  const focused = document.activeElement === homeButton;
  homeButton.hidden = corner === null;
  if (corner === null) {
    if (focused) (transport.hidden ? body : scrubber).focus({ preventScroll: true });
    return;
  }
  part(homeButton, "span").textContent = (chart ? text?.["home"] : text?.["home_view"]) ?? "";
  homeButton.style.left = `${corner.right - INSIDE}px`;
  homeButton.style.top = `${corner.top + INSIDE}px`;
}

/**
 * The first chart that is shown and zoomed.
 * @param {Pick<Picture, "axes" | "axesOf">} picture
 */
export function zoomedInSight(picture) {
  return picture.axes.zoomed().find((name) => picture.axesOf(name));
}

/**
 * @param {Picture} picture
 * @param {Chart} chart
 */
function cornerOf(picture, chart) {
  const axes = picture.axesOf(chart);
  return axes && { right: axes.x._offset + axes.x._length, top: axes.y._offset };
}
