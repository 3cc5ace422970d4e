// What follows the hand: one request in flight, the newest place next.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Live } from "../../optviz/stage/js/live.js";

function channel() {
  const sent = [];
  return { sent, live: new Live((request) => sent.push(request)) };
}

test("one request is in flight, and the newest place leaves when it is answered", () => {
  const { sent, live } = channel();
  for (const x of [1, 2, 3, 4]) live.follow({ start: [x, 0] });
  assert.deepEqual(sent, [{ start: [1, 0], number: 1 }]);
  live.answered(1);
  assert.deepEqual(sent.at(-1), { start: [4, 0], number: 2 });
  assert.equal(sent.length, 2);
  live.answered(2);
  assert.deepEqual(sent.at(-1), null);
  assert.equal(live.inFlight, null);
});

test("an answer to something else changes nothing", () => {
  const { sent, live } = channel();
  live.follow({ learning_rate: 0.1 });
  for (const number of [0, 2, null, undefined]) live.answered(number);
  assert.equal(sent.length, 1);
  assert.equal(live.inFlight, 1);
});

test("let go, no answer is waited for, and a late one starts nothing", () => {
  const { sent, live } = channel();
  live.follow({ learning_rate: 0.1 });
  live.follow({ learning_rate: 0.2 });
  live.stop();
  assert.deepEqual(sent.at(-1), null);
  live.answered(1);
  assert.equal(sent.length, 2);
  live.follow({ learning_rate: 0.3 });
  assert.deepEqual(sent.at(-1), { learning_rate: 0.3, number: 2 });
});
