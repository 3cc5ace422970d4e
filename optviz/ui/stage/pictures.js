// The stage as a picture of its own.

import { markerPath } from "./drawing.js";

export async function saveImage(stage) {
  const { width, height } = stage.plot._fullLayout;
  const scale = 2;
  const source = await window.Plotly.toImage(stage.plot, { format: "png", width, height, scale });
  const picture = await loadImage(source);
  const legend = 30;
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = (height + legend) * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.fillStyle = stage.theme.label_back;
  context.fillRect(0, 0, width, height + legend);
  context.drawImage(picture, 0, legend, width, height);
  context.drawImage(stage.trails, 0, legend, width, height);
  context.drawImage(stage.heads, 0, legend, width, height);
  drawLegend(stage, context, width, legend);
  const link = document.createElement("a");
  link.download = `${stage.header.file_name}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
}

function drawLegend(stage, context, width, height) {
  context.font = `13px ${getComputedStyle(stage.body).fontFamily}`;
  context.textBaseline = "middle";
  let left = 14;
  stage.tracks.forEach((track, index) => {
    if (stage.hidden.has(index)) return;
    context.fillStyle = track.color;
    context.fill(new Path2D(markerPath(track.racer.marker, left, height / 2, 5)));
    context.fillStyle = stage.theme.ink;
    context.fillText(track.racer.name, left + 10, height / 2);
    left += 30 + context.measureText(track.racer.name).width;
  });
}

function loadImage(source) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = source;
  });
}
