// Hints, each dismissed once and for all.

import assert from "node:assert/strict";
import { test } from "node:test";

import { dismissHint, nextHint } from "../../optviz/stage/js/hints.js";

const kept = new Map();
globalThis.window = {
  localStorage: { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) },
};
const hint = (about) => ({ about, text: about });

test("of two stages each has the first hint of its own that was not dismissed yet", () => {
  const [one, other] = [[hint("play"), hint("legend")], [hint("start"), hint("legend")]];
  assert.deepEqual([nextHint(one)?.about, nextHint(other)?.about], ["play", "start"]);
  dismissHint("play");
  assert.deepEqual([nextHint(one)?.about, nextHint(other)?.about], ["legend", "start"]);
  dismissHint("legend");
  dismissHint("legend");
  assert.deepEqual([nextHint(one), nextHint(other)?.about], [null, "start"]);
  assert.deepEqual(JSON.parse(kept.get("optviz-hints")), ["play", "legend"]);
});
