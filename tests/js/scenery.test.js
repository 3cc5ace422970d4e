// The 3-D chart under a hand: what is told when, and that nothing that comes meanwhile takes it out of the hand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cameraOf, plotlyCamera } from "../../optviz/stage/js/camera.js";
import { Scenery } from "../../optviz/stage/js/scenery.js";

globalThis.document = new EventTarget();
globalThis.window = { devicePixelRatio: 1 };
globalThis.requestAnimationFrame = (then) => then();

const BOX = { left: 0, top: 0, width: 600, height: 400 };
const HOME = [-52, 42, 1.6];

/** A scenery whose Plotly does at once what it is asked for, and what it has told. */
async function shown() {
  const told = [];
  const frame = Object.assign(new EventTarget(), { firstElementChild: { layout: { scene: {} } }, style: {}, setAttribute() {} });
  const made = new Scenery(frame, { moved() {}, byProcessor() {}, turned: (camera) => told.push(camera) });
  let eye = plotlyCamera(HOME);
  const scene = { getCamera: () => eye, glplot: { optvizWatches: true } };
  const see = (camera) => { eye = plotlyCamera(camera); };
  const module = {
    react: async (plot, _data, layout) => { plot._fullLayout = { scene: { _scene: scene } }; eye = layout.scene.camera; },
    relayout: async (_plot, changes) => { eye = changes["scene.camera"]; },
  };
  const draw = (camera, content = "a") => made.draw(module, { data: [], layout: {} }, { box: BOX, camera, content, label: "" });
  await draw(HOME);
  const key = (type, name) => frame.dispatchEvent(Object.assign(new Event(type), { key: name }));
  const pointer = (type, more, target = document) => target.dispatchEvent(Object.assign(new Event(type), { pointerId: 1, isPrimary: true, clientX: 0, clientY: 0, ...more }));
  return { made, frame, told, draw, key, pointer, see, seen: () => cameraOf(eye) };
}

test("a key that is held turns it with each repeat, and the page is told once, when it is let go", async () => {
  const { told, key, seen } = await shown();
  for (let repeat = 0; repeat < 5; repeat += 1) key("keydown", "ArrowRight");
  assert.deepEqual([told, seen()], [[], [-27, 42, 1.6]]);
  key("keyup", "ArrowRight");
  assert.deepEqual(told, [[-27, 42, 1.6]]);
  key("keyup", "ArrowRight");
  assert.equal(told.length, 1);
});

test("a plus whose Shift is let go first is let go of as the key that it shares, and the next camera is seen", async () => {
  const { told, draw, key, seen } = await shown();
  for (const [type, name] of [["keydown", "Shift"], ["keydown", "+"], ["keyup", "Shift"], ["keydown", "="], ["keyup", "="]]) key(type, name);
  assert.deepEqual(told.at(-1), seen());
  await draw([10, 20, 2]);
  assert.deepEqual(seen(), [10, 20, 2]);
  // Nothing of it is held where only the last letting go is heard of.
  for (const [type, name] of [["keydown", "+"], ["keyup", "="]]) key(type, name);
  await draw(HOME);
  assert.deepEqual(seen(), HOME);
});

test("a key that is still held when the focus goes elsewhere is let go", async () => {
  const { frame, told, key } = await shown();
  key("keydown", "ArrowUp");
  frame.dispatchEvent(new Event("blur"));
  assert.deepEqual(told, [[-52, 47, 1.6]]);
});

for (const content of ["a", "another surface"]) {
  test(`a message that comes while a hand turns it leaves it in the hand: ${content}`, async () => {
    const { frame, told, draw, pointer, see, seen } = await shown();
    pointer("pointerdown", {}, frame);
    see([10, 20, 2]);
    await draw(HOME, content);
    assert.deepEqual(seen(), [10, 20, 2]);
    pointer("pointerup", { clientX: 99 });
    assert.deepEqual(told, [[10, 20, 2]]);
    await draw([10, 20, 2], content);
    assert.deepEqual(seen(), [10, 20, 2]);
    await draw(HOME, content);
    assert.deepEqual(seen(), HOME, "and afterwards it is where the state has it");
  });
}

test("a hand that goes beyond what a link can tell is brought back each time", async () => {
  const { frame, told, pointer, see, seen } = await shown();
  for (const place of [[10, 90, 20], [10, 89, 20]]) {
    pointer("pointerdown", {}, frame);
    see(place);
    pointer("pointerup", { clientX: 99 });
    assert.deepEqual([told.at(-1), seen()], [[10, 89, 10], [10, 89, 10]]);
  }
});

test("two quick clicks take it home", async () => {
  const { frame, told, made, pointer } = await shown();
  for (let click = 0; click < 2; click += 1) {
    pointer("pointerdown", {}, frame);
    pointer("pointerup", {});
  }
  assert.equal(told.at(-1), null);
  assert.equal(made.hands.size, 0);
});

test("only where its axis tells how high it is, and where it may, a surface rises in a high box, and the camera is the same", async () => {
  for (const [isWide, visible, z] of [[true, true, 0.6], [false, true, 0.4], [true, false, 0.4]]) {
    const { made } = await shown();
    const drawn = [];
    const { react } = made.module;
    const module = { ...made.module, react: (plot, data, layout) => { drawn.push(layout.scene.aspectratio.z); return react(plot, data, layout); } };
    const layout = { scene: { aspectratio: { x: 1, y: 1, z: 0.4 }, zaxis: { visible } } };
    const box = { left: 0, top: 0, width: 400, height: 600 };
    await made.draw(module, { data: [], layout }, { box, camera: HOME, content: "high", label: "", isWide });
    assert.ok(Math.abs(drawn[0] - z) < 1e-9, String([isWide, visible, drawn]));
    assert.deepEqual(made.camera(), HOME);
  }
});
