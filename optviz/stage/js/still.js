// @ts-check
// The stage as a picture of its own: what stands still, what has moved; title and legend above it, and below what is said
// of it and a caption.

/** @import { Box, Dict, Header, PlotElement, Shape, Theme } from "./types.js" */

import { markerPath } from "./drawing.js";

const SCALE = 2;
const ROW = 28;
const EDGE = 14;
/** @typedef {{ size: number, weight: number, line: number, around: number, fill: string }} Print how a text is set */
const TITLE = { size: 19, weight: 650, line: 24, around: 12, fill: "ink" };
const SAID = { size: 15, weight: 400, line: 21, around: 8, fill: "ink" };
const CAPTION = { size: 13, weight: 400, line: 18, around: 8, fill: "faint" };
/** Lines, of what is said while a video goes on: where the picture is narrower than so many pixels, and else. */
const MOST_SAID = { below: 620, narrow: 4, wide: 2 };
const SMALLEST_SAID = 9; // pixels
const LEGEND_FONT = 13;
// What stays together on a line: a word with its space, or one Chinese character with the signs that must not begin a line.
const PIECES = /[\u4e00-\u9fff][，。；：、？！）》」』】”’…]*|\s*[^\s\u4e00-\u9fff]+\s*/g;
const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Shot what is on the screen
 * @property {PlotElement} plot
 * @property {(ratio: number) => HTMLCanvasElement} ground what lies below it, with so many pixels for one of the page
 * @property {(options: Dict) => Promise<{ box: Box, source: string } | null>} scene the 3-D chart, null where none is shown
 * @property {HTMLCanvasElement[]} canvases that lie above it, the lowest first
 * @property {(context: CanvasRenderingContext2D) => void} paint what they show now, as sharp as it is wanted
 * @property {Header} header
 * @property {Theme} theme
 * @property {string} fontFamily
 * @property {{ name: string, marker: string, color: string }[]} legend
 * @property {() => string} said the sentence about the step
 * @property {boolean} goesOn whether it will be another one: a video
 * @property {string[]} told sentences about the views that are chosen
 * @property {{ box: Box, clipped: Shape[], free: Shape[] }[]} charts what the canvases show, as shapes
 */

/**
 * @param {Shot} shot
 * @returns {Promise<Blob>}
 */
export async function pngOf(shot) {
  const frame = await frameOf(shot);
  const canvas = frame.canvas();
  frame.draw(contextOf(canvas), shot.paint);
  /** @type {Blob | null} */
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  if (!blob) throw new Error("the browser made no picture");
  return blob;
}

/**
 * Plotly's own picture once, as a bitmap, and how to put on top of it the canvases as they are, or what is painted.
 * @param {Shot} shot
 */
export async function frameOf(shot) {
  const out = await laidOut(shot, { format: "png", scale: SCALE });
  const { width, height, top, legend, title, said, caption, whole, source, scene } = out;
  const picture = await loadImage(source);
  const ground = shot.ground(SCALE);
  const depth = scene && { ...scene.box, image: await loadImage(scene.source) };
  const { theme, canvases } = shot;
  return {
    canvas() {
      const canvas = document.createElement("canvas");
      canvas.width = width * SCALE;
      canvas.height = whole * SCALE;
      return canvas;
    },
    /**
     * @param {CanvasRenderingContext2D} context
     * @param {Shot["paint"] | null} paint
     */
    draw(context, paint = null) {
      context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
      context.fillStyle = theme["label_back"];
      context.fillRect(0, 0, width, whole);
      for (const below of [ground, picture]) context.drawImage(below, 0, top, width, height);
      if (depth) context.drawImage(depth.image, depth.left, top + depth.top, depth.width, depth.height);
      if (!paint) for (const canvas of canvases) context.drawImage(canvas, 0, top, width, height);
      context.save();
      context.translate(0, top);
      paint?.(context);
      context.restore();
      context.font = fontOf(shot);
      context.textBaseline = "middle";
      for (const { marker, color, name, left, middle } of legend.entries) {
        context.fillStyle = color;
        context.fill(new Path2D(markerPath(marker, left, middle, 5)));
        context.fillStyle = theme["ink"];
        context.fillText(name, left + 10, middle);
      }
      for (const { text, middle, print } of [...title.lines, ...said().lines, ...caption.lines]) {
        context.font = fontOf(shot, print);
        context.fillStyle = theme[print.fill];
        context.fillText(text, EDGE, middle, width - 2 * EDGE);
      }
    },
  };
}

/**
 * Plotly's SVG inside one of our own, with the canvases' strokes drawn again as shapes.
 * @param {Shot} shot
 * @returns {Promise<Blob>}
 */
export async function svgOf(shot) {
  const { width, height, top, legend, title, said, caption, whole, source, scene } = await laidOut(shot, { format: "svg" });
  const text = decodeURIComponent(source.slice(source.indexOf(",") + 1));
  const inner = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = element("svg", { width, height: whole, viewBox: `0 0 ${width} ${whole}` });
  const called = element("title", {});
  called.textContent = shot.header.title ?? "";
  root.append(called, element("rect", { width, height: whole, fill: shot.theme["label_back"] }));
  const ground = { href: shot.ground(SCALE).toDataURL("image/png"), y: top, width, height };
  root.append(element("image", ground));
  const plot = document.importNode(inner.documentElement, true);
  plot.setAttribute("y", String(top));
  root.append(plot);
  const above = element("g", { transform: `translate(0 ${top})`, fill: "none" });
  root.append(above);
  if (scene) above.append(element("image", { href: scene.source, x: scene.box.left, y: scene.box.top, width: scene.box.width, height: scene.box.height }));
  shot.charts.forEach((chart, index) => above.append(...chartShapes(chart, index)));
  for (const { marker, color, name, left, middle } of legend.entries) {
    root.append(element("path", { d: markerPath(marker, left, middle, 5), fill: color }));
    root.append(textElement(shot, name, left + 10, middle));
  }
  for (const { text: told, middle, print } of [...title.lines, ...said().lines, ...caption.lines]) {
    root.append(textElement(shot, told, EDGE, middle, print));
  }
  return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
}

/**
 * Plotly's picture, and where everything is around it.
 * @param {Shot} shot
 * @param {{ format: string, scale?: number }} options
 */
async function laidOut(shot, options) {
  const { Plotly } = window;
  const layout = shot.plot._fullLayout;
  if (!Plotly || !layout) throw new Error("there is no picture yet");
  const { width, height } = layout;
  const source = await Plotly.toImage(shot.plot, { ...options, width, height });
  const scene = await shot.scene({ scale: SCALE });
  const title = printed(shot, shot.header.title ?? "", TITLE, width, 0);
  const legend = legendOf(shot, width, title.height);
  const top = title.height + legend.height;
  const most = width < MOST_SAID.below ? MOST_SAID.narrow : MOST_SAID.wide;
  const said = () => printed(shot, shot.said(), SAID, width, top + height, shot.goesOn ? most : Infinity);
  const room = shot.goesOn ? SAID.around + most * SAID.line : said().height;
  const caption = printed(shot, captionOf(shot), CAPTION, width, top + height + room);
  return { width, height, top, legend, title, said, caption, whole: top + height + room + caption.height, source, scene };
}

/**
 * What the picture shows.
 * @param {Shot} shot
 */
function captionOf(shot) {
  const joined = [shot.header.caption, ...shot.told].filter(Boolean).join(" · ");
  return joined.replaceAll("。 · ", "。").replaceAll(". · ", ". ");
}

/**
 * A text in as many lines as it takes: broken at spaces, and between Chinese characters. Where that is more than there is
 * room for, its letters are smaller, and what is too long even then is cut.
 * @param {Pick<Shot, "fontFamily">} shot
 * @param {string} whole
 * @param {Print} print
 * @param {number} width
 * @param {number} top
 * @param {number} [most] lines
 * @returns {{ lines: { text: string, middle: number, print: Print }[], height: number }}
 */
export function printed(shot, whole, print, width, top, most = Infinity) {
  const context = contextOf(document.createElement("canvas"));
  context.font = fontOf(shot, print);
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const piece of whole.match(PIECES) ?? []) {
    if (line && context.measureText((line + piece).trimEnd()).width > width - 2 * EDGE) {
      lines.push(line);
      line = "";
    }
    line += piece;
  }
  if (line) lines.push(line);
  const smaller = { ...print, size: print.size - 1, line: print.line - 1 };
  if (lines.length > most && smaller.size >= SMALLEST_SAID) {
    return printed(shot, whole, smaller, width, top, (most * print.line) / smaller.line);
  }
  const beyond = lines.splice(Math.floor(most));
  if (beyond.length > 0) lines.push(`${lines.pop()?.trimEnd()}…`);
  const placed = lines.map((text, row) => (
    { text: text.trimEnd(), middle: top + print.around / 2 + (row + 0.5) * print.line, print }
  ));
  return { lines: placed, height: lines.length ? print.around + lines.length * print.line : 0 };
}

/**
 * Where each racer that is shown stands in the legend, in as many rows as it takes.
 * @param {Shot} shot
 * @param {number} width
 * @param {number} top
 */
function legendOf(shot, width, top) {
  const context = contextOf(document.createElement("canvas"));
  context.font = fontOf(shot);
  let [left, row] = [EDGE, 0];
  const entries = shot.legend.map((racer) => {
    const needed = 30 + context.measureText(racer.name).width;
    if (left > EDGE && left + needed > width) [left, row] = [EDGE, row + 1];
    const entry = { ...racer, left, middle: top + (row + 0.5) * ROW };
    left += needed;
    return entry;
  });
  return { entries, height: entries.length ? (row + 1) * ROW : 0 };
}

/**
 * @param {Pick<Shot, "fontFamily">} shot
 * @param {Print} [print]
 */
function fontOf({ fontFamily }, print) {
  return print ? `${print.weight} ${print.size}px ${fontFamily}` : `${LEGEND_FONT}px ${fontFamily}`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser draws on no canvas");
  return context;
}

/**
 * @param {Shot["charts"][number]} chart
 * @param {number} index
 */
function chartShapes({ box, clipped, free }, index) {
  const name = `inside-${index}`;
  const inside = element("clipPath", { id: name });
  inside.append(element("rect", { x: box.left, y: box.top, width: box.width, height: box.height }));
  const paths = element("g", { "clip-path": `url(#${name})`, "stroke-linejoin": "round" });
  paths.append(...clipped.map(shapeElement));
  const heads = element("g", {});
  heads.append(...free.map(shapeElement));
  return [inside, paths, heads];
}

/** @param {Shape} shape */
function shapeElement({ path, fill, stroke, width, dash, opacity, text }) {
  if (text) {
    const halo = { stroke, "stroke-width": width, "stroke-linejoin": "round", "paint-order": "stroke" };
    const place = { x: text.left, y: text.middle, "dominant-baseline": "central", style: `font: ${text.font}` };
    const made = element("text", { fill, ...halo, ...place });
    made.textContent = text.content;
    return made;
  }
  const more = { ...(dash && { "stroke-dasharray": dash }), ...(opacity !== undefined && { opacity }) };
  return element("path", { d: path, fill, stroke, "stroke-width": width, ...more });
}

/**
 * @param {Shot} shot
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {Print} [print]
 */
function textElement({ fontFamily, theme }, text, x, y, print = { ...CAPTION, size: LEGEND_FONT, fill: "ink" }) {
  const look = { "font-size": print.size, "font-weight": print.weight, fill: theme[print.fill] };
  const made = element("text", { x, y, ...look, "dominant-baseline": "central", "font-family": fontFamily });
  made.textContent = text;
  return made;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/**
 * @param {string} source
 * @returns {Promise<HTMLImageElement>}
 */
function loadImage(source) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = source;
  });
}
