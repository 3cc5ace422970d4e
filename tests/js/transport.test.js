// The clock, with frames given by hand.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { initialState, reduce } from "../../optviz/stage/js/state.js";
import { Transport } from "../../optviz/stage/js/transport.js";

let frames = [];
globalThis.requestAnimationFrame = (frame) => frames.push(frame);

function runFrames(now) {
  const due = frames;
  frames = [];
  for (const run of due) run(now);
}

function clock({ steps = 80, ...more } = {}) {
  const header = { layers: [{ kind: "tracks", steps, racers: [] }], choices: {}, token: "a race", ...more };
  const shown = { state: reduce(initialState(), { type: "received", message: { header, arrays: new Map() } }), finished: 0 };
  const dispatch = (action) => { shown.state = reduce(shown.state, action); };
  const transport = new Transport(() => shown.state, dispatch, () => { shown.finished += 1; });
  return { shown, transport, dispatch };
}

beforeEach(() => { frames = []; });

test("a run takes 8 seconds at speed 1, and says once that it is over", () => {
  const { shown, transport } = clock();
  transport.play();
  for (let now = 0; now <= 8200; now += 100) runFrames(now);
  assert.deepEqual([shown.state.position, shown.state.playing, shown.finished], [80, false, 1]);
  const half = clock();
  half.dispatch({ type: "set_speed", speed: 0.5 });
  half.transport.play();
  for (let now = 0; now <= 8000; now += 100) runFrames(now);
  assert.ok(Math.abs(half.shown.state.position - 40) < 1e-6, String(half.shown.state.position));
});

test("played twice it does not run twice as fast, and after a long break it goes on where it was", () => {
  const { shown, transport } = clock();
  transport.play();
  runFrames(0);
  transport.play();
  runFrames(100);
  runFrames(200);
  assert.ok(Math.abs(shown.state.position - 1) < 1e-9, String(shown.state.position));
  runFrames(60_000);
  assert.ok(Math.abs(shown.state.position - 3.5) < 1e-9, String(shown.state.position));
});

test("the buttons move by whole steps, and stop what plays", () => {
  const { shown, transport } = clock();
  const places = ["first", "forward", "forward", "back", "last", "forward", "back"].map((what) => {
    transport.command(what);
    return shown.state.position;
  });
  assert.deepEqual(places, [0, 1, 2, 1, 80, 80, 79]);
  transport.command("first");
  transport.command("play");
  runFrames(0);
  runFrames(150);
  transport.command("back");
  assert.deepEqual([shown.state.playing, shown.state.position], [false, 0]);
  transport.command("play");
  transport.command("play");
  assert.equal(shown.state.playing, false);
});

test("a tour's seed is played in the time that it has, a video of it in the usual", () => {
  const { shown, transport, dispatch } = clock({ tour: { number: 1, seconds: 4 } });
  transport.play();
  runFrames(0);
  runFrames(150);
  // Three quarters of 4 seconds for 80 steps.
  assert.ok(Math.abs(shown.state.position - 4) < 1e-9, String(shown.state.position));
  dispatch({ type: "record", recording: "webm" });
  runFrames(300);
  assert.ok(Math.abs(shown.state.position - 5.5) < 1e-9, String(shown.state.position));
});
