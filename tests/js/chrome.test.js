// What stands around the picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sentenceOf } from "../../optviz/stage/js/chrome.js";
import { initialState } from "../../optviz/stage/js/state.js";

function told(header) {
  const text = { say_no_start: "Nobody can start.", say_off: "They are off.", tour_says: "Seed {seed} · {told}" };
  const arrays = new Map(["events", "arrivals", "valleys"].map((name) => [name, []]));
  const layer = { kind: "tracks", steps: 10, racers: [], events: "@events", arrivals: "@arrivals", valleys: "@valleys" };
  return sentenceOf({ ...initialState(), position: 3, playing: true, message: { header: { text, layers: [layer], ...header }, arrays } });
}

test("on a tour the sentence names the seed, 0 too", () => {
  assert.equal(told({}), "They are off.");
  assert.equal(told({ tour: { seed: 2, visited: 3, wins: [] } }), "Seed 2 · They are off.");
  assert.equal(told({ tour: { seed: 0, visited: 0, wins: [] } }), "Seed 0 · They are off.");
});
