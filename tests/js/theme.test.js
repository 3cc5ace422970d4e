// The pixels of the screen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { watchSharpness } from "../../optviz/stage/js/theme.js";

test("each other sharpness of the screen is told, and none after the end", () => {
  const asked = [];
  globalThis.window = {
    devicePixelRatio: 1,
    matchMedia: (query) => {
      const target = new EventTarget();
      asked.push({ query, target });
      return target;
    },
  };
  let told = 0;
  const moveTo = (ratio) => {
    window.devicePixelRatio = ratio;
    for (const { target } of [...asked]) target.dispatchEvent(new Event("change"));
  };
  const stop = watchSharpness(() => { told += 1; });
  moveTo(2);
  assert.equal(told, 1);
  moveTo(1.5);
  assert.equal(told, 2, "by the last question alone");
  assert.deepEqual(asked.map(({ query }) => query), ["(resolution: 1dppx)", "(resolution: 2dppx)", "(resolution: 1.5dppx)"]);
  stop();
  moveTo(3);
  assert.equal(told, 2);
});
