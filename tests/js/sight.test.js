// A stage in a text plays when it has been reached, once, and rests out of sight.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Sight } from "../../optviz/stage/js/sight.js";

let visit;

beforeEach(() => {
  visit = { calm: false, done: [], listeners: new Map(), watched: [] };
  globalThis.window = { matchMedia: () => ({ matches: visit.calm }) };
  globalThis.IntersectionObserver = class {
    constructor(tell) { visit.tell = (ratio) => tell([{ intersectionRatio: ratio, isIntersecting: ratio > 0 }]); }
    observe(element) { visit.watched.push(element); }
    disconnect() { visit.watched = []; }
  };
});

function reading({ isServed = true } = {}) {
  const state = { playing: false };
  const body = { addEventListener: (kind, listener) => visit.listeners.set(kind, listener) };
  const element = { closest: () => body };
  const transport = {
    play: () => { state.playing = true; visit.done.push("play"); },
    pause: () => { state.playing = false; visit.done.push("pause"); },
  };
  const sight = new Sight(element, () => state, ({ type, step }) => visit.done.push(`${type} ${step}`), transport);
  sight.receive(isServed);
  return sight;
}

test("it stands at its start until most of it is in sight, and plays once", () => {
  const sight = reading();
  assert.deepEqual(visit.done, ["seek 0"]);
  sight.begin();
  visit.tell(0);
  visit.tell(0.3);
  assert.deepEqual(visit.done, ["seek 0"]);
  visit.tell(0.7);
  visit.tell(1);
  assert.deepEqual(visit.done, ["seek 0", "play"]);
});

test("out of sight it rests, and does not begin by itself again", () => {
  const sight = reading();
  sight.begin();
  visit.tell(1);
  visit.tell(0);
  visit.tell(1);
  assert.deepEqual(visit.done, ["seek 0", "play", "pause"]);
});

test("a newer message begins nothing anew", () => {
  const sight = reading();
  sight.begin();
  sight.receive(true);
  sight.begin();
  assert.deepEqual([visit.done, visit.watched.length], [["seek 0"], 1]);
});

test("whoever uses it first is not played to", () => {
  const sight = reading();
  sight.begin();
  visit.listeners.get("pointerdown")();
  visit.tell(1);
  assert.deepEqual(visit.done, ["seek 0"]);
});

test("whoever wants no motion, and a file, is shown the end", () => {
  visit.calm = true;
  reading().begin();
  visit.calm = false;
  reading({ isServed: false }).begin();
  assert.deepEqual([visit.done, visit.watched], [[], []]);
});

test("one that leaves the page is watched no more", () => {
  const sight = reading();
  sight.begin();
  sight.stop();
  assert.deepEqual(visit.watched, []);
});
