// @ts-check
// Where the eye of a 3-D view is: a few numbers, rounded, as they travel in a link. Angles are what a hand changes, so
// they are what is kept; Plotly takes and gives places.

/** @import { Camera, Dict } from "./types.js" */

const HIGHEST = 89; // degrees: straight above, no direction is up on the screen
const NEAREST = 0.3; // sides of the box
const FARTHEST = 10;
const FARTHEST_ASIDE = 2; // from the middle to the point that is looked at, along each axis
const WIDTH_NEEDED = 1.46; // of the height: what stands beside the axes as well
const MOST_RAISED = 2;
const DEGREE = Math.PI / 180;

/**
 * By how much the eye moves away in a box that is higher than wide: Plotly fits what it draws to the height alone.
 * @param {{ width: number, height: number }} box
 * @param {number} aside pixels that letters take of the width
 */
export function fitted({ width, height }, aside = 0) {
  return Math.max(1, (WIDTH_NEEDED * height) / Math.max(width - aside, 1));
}

/**
 * By how much the heights are drawn larger in a box that is higher than wide, in which they have the room: what the
 * vertical axis says of them stays true, and its numbers stand apart.
 * @param {{ width: number, height: number }} box
 */
export function raised({ width, height }) {
  return between(height / width, 1, MOST_RAISED);
}

/**
 * The camera that Plotly tells, rounded to less than is seen: a tenth of a degree, a hundredth of the box's side.
 * @param {Dict} camera
 * @param {number} fit see `fitted`
 * @param {number} raise see `raised`
 * @returns {Camera}
 */
export function cameraOf({ eye, center }, fit = 1, raise = 1) {
  const [x, y, z] = [eye.x - center.x, eye.y - center.y, eye.z - center.z];
  const distance = Math.hypot(x, y, z);
  const place = [center.x, center.y, center.z].map((value) => rounded(value, 2));
  const up = Math.asin(distance ? z / distance : 0);
  const from = [Math.atan2(y, x) / DEGREE, Math.atan(Math.tan(up) / raise) / DEGREE].map((angle) => rounded(angle, 1));
  return [...from, rounded(distance / fit, 2), ...(place.some((value) => value !== 0) ? place : [])];
}

/**
 * The nearest camera that a link takes: see `camera` in optviz/view.py.
 * @param {Camera} camera
 * @returns {Camera}
 */
export function withinReach([azimuth = 0, elevation = 0, distance = 1, ...center]) {
  return [
    azimuth, between(elevation, -HIGHEST, HIGHEST), between(distance, NEAREST, FARTHEST),
    ...center.map((at) => between(at, -FARTHEST_ASIDE, FARTHEST_ASIDE)),
  ];
}

/**
 * The same as Plotly takes it; on raised heights it looks from farther above, so that they hide no more than others.
 * @param {Camera} camera
 * @param {number} fit
 * @param {number} raise
 */
export function plotlyCamera([azimuth = 0, elevation = 0, nominal = 1, x = 0, y = 0, z = 0], fit = 1, raise = 1) {
  const distance = nominal * fit;
  const [around, up] = [azimuth * DEGREE, Math.atan(raise * Math.tan(elevation * DEGREE))];
  const across = distance * Math.cos(up);
  return {
    eye: { x: x + across * Math.cos(around), y: y + across * Math.sin(around), z: z + distance * Math.sin(up) },
    center: { x, y, z },
    up: { x: 0, y: 0, z: 1 },
  };
}

/**
 * @param {Camera | null} one
 * @param {Camera | null} other
 */
export function sameCamera(one, other) {
  return one === other || (one?.length === other?.length && (one ?? []).every((value, place) => value === other?.[place]));
}

/**
 * The camera once it has been turned, raised and moved away.
 * @param {Camera} camera
 * @param {{ around?: number, up?: number, away?: number }} by degrees, and a factor
 * @returns {Camera}
 */
export function turned([azimuth = 0, elevation = 0, distance = 1, ...center], { around = 0, up = 0, away = 1 }) {
  const whole = azimuth + around;
  return [
    rounded(whole - 360 * Math.round(whole / 360), 1),
    rounded(between(elevation + up, -HIGHEST, HIGHEST), 1),
    rounded(between(distance * away, NEAREST, FARTHEST), 2),
    ...center,
  ];
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function between(value, least, most) {
  return Math.max(least, Math.min(most, value));
}

/**
 * @param {number} value
 * @param {number} decimals
 */
function rounded(value, decimals) {
  return Number(value.toFixed(decimals)) || 0; // no −0
}
