// The stage as a picture or a video of its own: what stands still, what has moved, and the legend above it.

import { dashOf, markerPath, stroke } from "./drawing.js";

const SCALE = 2;
const ROW = 28;
const CAPTION = 26;
const CAPTION_LINE = 18;
const LEGEND_FONT = 13;
// What stays together on a line: a word with its space, or one Chinese character with the signs that must not begin a line.
const PIECES = /[\u4e00-\u9fff][，。；：、）”]*|\s*[^\s\u4e00-\u9fff]+\s*/g;
const FRAMES_PER_SECOND = 30;
const LAST_PICTURE = 1200; // milliseconds for which a video rests on its last picture
const NO_PICTURES = 2000; // bytes: a video that was stopped in its first moment is no more than its head
const VIDEO_TYPES = {
  webm: ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"],
  mp4: ["video/mp4;codecs=avc1.640028", "video/mp4"],
};

export const PICTURES = { png: savePng, svg: saveSvg };

async function savePng(stage) {
  const frame = await background(stage);
  const canvas = frame.canvas();
  frame.draw(canvas.getContext("2d"));
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  if (!blob) throw new Error("the browser made no picture");
  download(blob, `${stage.header.file_name}.png`);
}

// Plotly's own picture once, as a bitmap, and how to put a moment of the race on top of it.
async function background(stage) {
  const { width, height } = stage.plot._fullLayout;
  const picture = await loadImage(await window.Plotly.toImage(stage.plot, { format: "png", width, height, scale: SCALE }));
  const chips = legend(stage, width);
  const caption = captionOf(stage, width, height + chips.height);
  const whole = height + chips.height + caption.height;
  return {
    canvas() {
      const canvas = document.createElement("canvas");
      canvas.width = width * SCALE;
      canvas.height = whole * SCALE;
      return canvas;
    },
    draw(context) {
      context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
      context.fillStyle = stage.theme.label_back;
      context.fillRect(0, 0, width, whole);
      context.drawImage(picture, 0, chips.height, width, height);
      context.drawImage(stage.trails, 0, chips.height, width, height);
      context.drawImage(stage.heads, 0, chips.height, width, height);
      context.font = chips.font;
      context.textBaseline = "middle";
      for (const { marker, color, name, left, middle } of chips.entries) {
        context.fillStyle = color;
        context.fill(new Path2D(markerPath(marker, left, middle, 5)));
        context.fillStyle = stage.theme.ink;
        context.fillText(name, left + 10, middle);
      }
      context.fillStyle = stage.theme.faint;
      for (const { text, middle } of caption.lines) context.fillText(text, 14, middle, width - 28);
    },
  };
}

// What the picture shows, in as many lines as it takes: broken at spaces, and between Chinese characters.
function captionOf(stage, width, top) {
  const told = Object.values(stage.chosen).map((name) => stage.header.views[name]?.told);
  const joined = [stage.header.caption, ...told].filter(Boolean).join(" · ");
  const whole = joined.replaceAll("。 · ", "。").replaceAll(". · ", ". ");
  const context = document.createElement("canvas").getContext("2d");
  context.font = fontOf(stage);
  const room = width - 28;
  const lines = [];
  let line = "";
  for (const piece of whole.match(PIECES) ?? []) {
    if (line && context.measureText((line + piece).trimEnd()).width > room) {
      lines.push(line);
      line = "";
    }
    line += piece;
  }
  if (line) lines.push(line);
  const placed = lines.map((text, row) => ({ text: text.trimEnd(), middle: top + CAPTION / 2 + row * CAPTION_LINE }));
  return { lines: placed, height: lines.length ? CAPTION + (lines.length - 1) * CAPTION_LINE : 0 };
}

function fontOf(stage) {
  return `${LEGEND_FONT}px ${getComputedStyle(stage.body).fontFamily}`;
}

// Where each racer that is shown stands in the legend, in as many rows as it takes.
function legend(stage, width) {
  const font = fontOf(stage);
  const context = document.createElement("canvas").getContext("2d");
  context.font = font;
  const entries = [];
  let [left, row] = [14, 0];
  (stage.tracks ?? []).forEach(({ racer, color }, index) => {
    if (stage.hidden.has(index)) return;
    const needed = 30 + context.measureText(racer.name).width;
    if (left > 14 && left + needed > width) [left, row] = [14, row + 1];
    entries.push({ name: racer.name, marker: racer.marker, color, left, middle: (row + 0.5) * ROW });
    left += needed;
  });
  return { entries, font, height: entries.length ? (row + 1) * ROW : 0 };
}

// Plotly's SVG inside one of our own, with the canvases' strokes drawn again as shapes.
async function saveSvg(stage) {
  const { width, height } = stage.plot._fullLayout;
  const source = await window.Plotly.toImage(stage.plot, { format: "svg", width, height });
  const chips = legend(stage, width);
  const inner = new DOMParser().parseFromString(decodeURIComponent(source.slice(source.indexOf(",") + 1)), "image/svg+xml");
  const caption = captionOf(stage, width, height + chips.height);
  const whole = height + chips.height + caption.height;
  const root = element("svg", { width, height: whole, viewBox: `0 0 ${width} ${whole}` });
  root.append(element("rect", { width, height: whole, fill: stage.theme.label_back }));
  const plot = document.importNode(inner.documentElement, true);
  plot.setAttribute("y", chips.height);
  root.append(plot);
  const moved = element("g", { transform: `translate(0 ${chips.height})`, fill: "none" });
  root.append(moved);
  (stage.boxes ?? []).forEach((box, chart) => moved.append(...chartShapes(stage, box, chart)));
  for (const { marker, color, name, left, middle } of chips.entries) {
    root.append(element("path", { d: markerPath(marker, left, middle, 5), fill: color }));
    root.append(words(stage, name, left + 10, middle, stage.theme.ink));
  }
  for (const { text, middle } of caption.lines) root.append(words(stage, text, 14, middle, stage.theme.faint));
  const text = new XMLSerializer().serializeToString(root);
  download(new Blob([text], { type: "image/svg+xml" }), `${stage.header.file_name}.svg`);
}

function words(stage, text, x, y, fill) {
  const place = { x, y, fill, "font-size": LEGEND_FONT, "dominant-baseline": "central" };
  const made = element("text", { ...place, "font-family": getComputedStyle(stage.body).fontFamily });
  made.textContent = text;
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// The travelled paths and heads of one chart, through the same strokes that the canvases show.
function chartShapes(stage, box, chart) {
  const name = `inside-${chart}`;
  const inside = element("clipPath", { id: name });
  inside.append(element("rect", { x: box.left, y: box.top, width: box.width, height: box.height }));
  const paths = element("g", { "clip-path": `url(#${name})`, "stroke-width": 2.2 * stage.thickness, "stroke-linejoin": "round" });
  const heads = element("g", {});
  stage.tracks.forEach((track, index) => {
    if (stage.hidden.has(index)) return;
    const travelled = new Recorder();
    stroke(travelled, track.charts[chart].x, track.charts[chart].y, 0, stage.position);
    paths.append(element("path", { d: travelled.text(), stroke: track.color, "stroke-dasharray": dashOf(track.racer.dash).join(" ") || "none" }));
  });
  for (const { path, fill, stroke: edge, width } of stage.headsOf(chart, stage.position)) {
    heads.append(element("path", { d: path, fill, stroke: edge, "stroke-width": width }));
  }
  return [inside, paths, heads];
}

// Takes the strokes that a canvas would, and writes them down as the data of an SVG path.
class Recorder {
  constructor() {
    this.parts = [];
  }

  beginPath() {}

  stroke() {}

  moveTo(x, y) {
    this.parts.push(`M${x.toFixed(2)},${y.toFixed(2)}`);
  }

  lineTo(x, y) {
    this.parts.push(`L${x.toFixed(2)},${y.toFixed(2)}`);
  }

  text() {
    return this.parts.join("");
  }
}

// File ending → the type of video that this browser records for it.
export function videoTypes() {
  if (!window.MediaRecorder || !("captureStream" in HTMLCanvasElement.prototype)) return {};
  const known = Object.entries(VIDEO_TYPES).map(([ending, types]) => [ending, types.find((type) => MediaRecorder.isTypeSupported(type))]);
  return Object.fromEntries(known.filter(([, type]) => type));
}

// Plays the race once from the start and saves what was seen. `run` resolves when it is saved, `stop` ends it early.
export function recordVideo(stage, ending) {
  const type = videoTypes()[ending];
  const recording = { running: false, frame() {}, stop() { this.stopped = true; } };
  recording.run = async () => {
    const still = await background(stage);
    if (recording.stopped) return;
    const canvas = still.canvas();
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(FRAMES_PER_SECOND), { mimeType: type, videoBitsPerSecond: 8e6 });
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const saved = new Promise((resolve, reject) => {
      recorder.addEventListener("stop", resolve);
      recorder.addEventListener("error", ({ error }) => reject(error));
    });
    recording.frame = () => still.draw(context);
    recording.stop = () => {
      recording.running = false;
      recording.frame = () => {};
      if (recorder.state !== "inactive") recorder.stop();
    };
    stage.pause();
    stage.seek(0);
    recorder.start();
    recording.running = true;
    stage.play();
    let rested = null;
    const rest = (now) => {
      if (!recording.running) return;
      if (stage.playing) rested = null;
      else {
        // A stream takes only what is drawn anew.
        recording.frame();
        rested ??= now;
        if (now - rested > LAST_PICTURE) recording.stop();
      }
      requestAnimationFrame(rest);
    };
    requestAnimationFrame(rest);
    await saved;
    const video = new Blob(parts, { type: type.split(";")[0] });
    if (video.size > NO_PICTURES) download(video, `${stage.header.file_name}.${ending}`);
  };
  return recording;
}

function download(blob, name) {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(blob);
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function loadImage(source) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = source;
  });
}
