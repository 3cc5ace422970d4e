// When Plotly draws, and when no more.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Picture } from "../../optviz/stage/js/picture.js";
import { initialState, reduce } from "../../optviz/stage/js/state.js";

let calls = [];
let idle = [];
let waiting = [];
let failures = [];
/** Plotly's answer to `react`. */
let react;

Object.assign(globalThis, {
  document: { fullscreenElement: null },
  ResizeObserver: class {
    observe() {}

    disconnect() {}
  },
  getComputedStyle: () => ({ getPropertyValue: () => "#ffffff" }),
  requestIdleCallback: (run) => idle.push(run),
  cancelIdleCallback: (handle) => { idle[handle - 1] = () => {}; },
  setTimeout: (run) => waiting.push(run),
  clearTimeout: (handle) => { waiting[handle - 1] = () => {}; },
  window: {
    innerWidth: 1200,
    innerHeight: 800,
    addEventListener() {},
    removeEventListener() {},
    matchMedia: () => ({ matches: false }),
    Plotly: {
      react: (plot, data, layout) => {
        calls.push(layout.title);
        return react();
      },
      purge: () => calls.push("purge"),
    },
  },
});

beforeEach(() => {
  [calls, idle, waiting, failures] = [[], [], [], []];
  react = () => Promise.resolve();
});

function pictured() {
  const shown = { state: initialState(), drawn: 0 };
  const receive = (title) => {
    const header = { plot: { data: [], layout: { title } }, arrangements: {}, views: {}, choices: {}, layers: [], clicks: {}, themes: {}, plotly: {} };
    shown.state = reduce(shown.state, { type: "received", message: { header, arrays: new Map() } });
  };
  receive("first");
  const elements = {
    body: { getBoundingClientRect: () => ({ top: 0, bottom: 500 }), dataset: { legend: "above" } },
    above: { style: {}, offsetHeight: 30 },
    picture: { clientWidth: 900, clientHeight: 400, offsetTop: 0, getBoundingClientRect: () => ({ bottom: 400 }), style: {} },
    sentence: { getBoundingClientRect: () => ({ bottom: 500 }) },
    transport: { getBoundingClientRect: () => ({ bottom: 450 }) },
    plot: { on() {} },
  };
  const picture = new Picture({}, elements, {
    state: () => shown.state, isRecording: () => false, moved() {}, replaced() {},
    drawn: () => { shown.drawn += 1; }, failed: (error) => failures.push(error),
  });
  return { picture, shown, receive };
}

/** What runs in turns: timers, then idle moments. */
function pass() {
  for (const run of waiting.splice(0)) run();
  for (const run of idle.splice(0)) run();
}

test("asked twice before its turn, it draws once, and what is newest then", async () => {
  const { picture, receive } = pictured();
  picture.request();
  receive("second");
  picture.request();
  await picture.drawing;
  assert.deepEqual([calls, failures], [["second"], []]);
});

test("what was put off to an idle moment is not drawn again where it was drawn at once meanwhile", async () => {
  const { picture } = pictured();
  picture.requestLater(false);
  for (const run of waiting.splice(0)) run();
  picture.request();
  await picture.drawing;
  pass();
  await picture.drawing;
  assert.deepEqual(calls, ["first"]);
});

test("however often it is put off, the idle moment that was asked for comes", async () => {
  const { picture, receive } = pictured();
  picture.requestLater(true);
  for (const run of waiting.splice(0)) run();
  receive("second");
  picture.requestLater(true);
  pass();
  await picture.drawing;
  assert.deepEqual(calls, ["second"]);
});

test("who needs the picture up to date waits for what was put off", async () => {
  const { picture } = pictured();
  picture.requestLater(true);
  await picture.upToDate();
  assert.deepEqual(calls, ["first"]);
  await picture.upToDate();
  assert.deepEqual(calls, ["first"], "nothing was put off since");
});

for (const [when, stop] of [
  ["in its turn", (picture) => { picture.request(); picture.stop(); }],
  ["in an idle moment", (picture) => { picture.requestLater(false); for (const run of waiting.splice(0)) run(); picture.stop(); pass(); }],
]) {
  test(`a picture that has left the page is not drawn any more ${when}`, async () => {
    const { picture, shown } = pictured();
    stop(picture);
    await picture.drawing;
    assert.deepEqual([calls, shown.drawn], [["purge"], 0]);
  });
}

test("a picture that leaves while Plotly draws is taken away again, and tells nobody", async () => {
  const { picture, shown } = pictured();
  let finish = () => {};
  react = () => new Promise((resolve) => { finish = resolve; });
  picture.request();
  while (!calls.length) await null;
  picture.stop();
  finish();
  await picture.drawing;
  assert.deepEqual([calls, shown.drawn], [["first", "purge", "purge"], 0]);
});
