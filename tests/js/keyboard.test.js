// Keys that belong to the picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { listenToKeys } from "../../optviz/stage/js/keyboard.js";

globalThis.HTMLElement = class {};

function pressed(keys) {
  globalThis.document = Object.assign(new EventTarget(), { activeElement: null, querySelector: () => null });
  const body = Object.assign(new EventTarget(), { contains: () => false });
  const done = [];
  const stop = listenToKeys({ body, scrubber: {}, plays: () => true, command: (what) => done.push(what), escape: () => done.push("escape") });
  for (const key of keys) document.dispatchEvent(Object.assign(new Event("keydown"), typeof key === "string" ? { key } : key));
  stop();
  return done;
}

test("each key does what it stands for, letters with Caps Lock too", () => {
  const keys = [" ", "ArrowLeft", "ArrowRight", "Home", "End", "i", "I", "f", "F", "Escape"];
  assert.deepEqual(pressed(keys), ["play", "back", "forward", "first", "last", "card", "card", "full", "full", "escape"]);
});

test("keys of the browser stay the browser's", () => {
  assert.deepEqual(pressed([{ key: "f", ctrlKey: true }, { key: "I", metaKey: true }, { key: "Home", altKey: true }, "h"]), []);
});
