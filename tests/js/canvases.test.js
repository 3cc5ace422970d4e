// The canvases: how sharp they are, and what of them is saved.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Canvases } from "../../optviz/stage/js/canvases.js";

function fakeCanvas() {
  const context = {
    scale: 0,
    setTransform(scale) { this.scale = scale; },
    clearRect() {},
  };
  return { width: 0, height: 0, style: {}, context, getContext: () => context };
}

const SCENE = { geometry: { width: 100.5, height: 40, boxes: [], x: [], y: [] }, theme: {} };

beforeEach(() => {
  globalThis.window = { devicePixelRatio: 1 };
  globalThis.document = { createElement: fakeCanvas };
});

function canvases() {
  const elements = { ground: fakeCanvas(), under: fakeCanvas(), kept: fakeCanvas(), moving: fakeCanvas() };
  return { elements, made: new Canvases(elements) };
}

for (const [ratio, kept, moving] of [[1, 1, 1], [1.5, 1.5, 1.5], [2, 2, 2], [3, 3, 2]]) {
  test(`on a screen with ${ratio} pixels for one of the page, what stays is drawn with ${kept}, what moves with ${moving}`, () => {
    const { elements, made } = canvases();
    made.measure([], SCENE);
    window.devicePixelRatio = ratio;
    made.measure([], SCENE);
    made.paint({ position: 0 }, []);
    for (const [canvas, scale] of [[elements.kept, kept], [elements.moving, moving]]) {
      assert.deepEqual([canvas.width, canvas.height, canvas.context.scale], [Math.round(100.5 * scale), 40 * scale, scale]);
      assert.equal(canvas.style.width, "100.5px");
    }
  });
}

test("what is saved is what was shown when it was asked for, whatever is shown by the time that it is drawn", () => {
  const { made } = canvases();
  const painted = [];
  const mark = (name) => ({
    paintGround: (_, ratio) => painted.push([name, "ground", ratio]),
    paintUnder: () => painted.push([name, "under"]),
    paintKept: (_, { position }, from) => painted.push([name, "kept", position, from]),
    paintMoving: (_, { position }) => painted.push([name, "moving", position]),
  });
  made.measure([], SCENE);
  made.marks = [mark("first")];
  const [ground, paint] = [made.groundMaker(), made.painter({ position: 7 })];
  made.measure([], { ...SCENE, geometry: { ...SCENE.geometry, width: 900 } });
  made.marks = [mark("second")];
  assert.equal(ground(2).width, 201);
  paint({});
  assert.deepEqual(painted, [
    ["first", "ground", 2], ["first", "under"], ["first", "kept", 7, null], ["first", "moving", 7],
  ]);
});
