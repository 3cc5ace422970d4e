// @ts-check
// The way home: a button in the corner of the first chart that is zoomed, in sight while an axis is away from home.

/** @import { Elements } from "./types.js" */
/** @import { Picture } from "./picture.js" */

const INSIDE = 6; // pixels from the corner of the chart

/**
 * @param {Elements} elements
 * @param {Picture} picture
 */
export function updateHomeButton({ body, homeButton, scrubber, transport }, picture) {
  const zoomed = picture.axes.zoomed();
  body.dataset["zoomed"] = zoomed.join(" ");
  body.dataset["home"] = JSON.stringify(picture.axes.home());
  const [chart] = zoomed;
  const focused = document.activeElement === homeButton;
  homeButton.hidden = chart === undefined;
  if (chart === undefined) {
    if (focused) (transport.hidden ? body : scrubber).focus({ preventScroll: true });
    return;
  }
  const axes = picture.axesOf(chart);
  if (!axes) return;
  homeButton.style.left = `${axes.x._offset + axes.x._length - INSIDE}px`;
  homeButton.style.top = `${axes.y._offset + INSIDE}px`;
}
