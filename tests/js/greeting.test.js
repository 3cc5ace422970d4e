// A first visit plays the race once; whoever comes otherwise finds it at its end, and any input stops it.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Greeting } from "../../optviz/stage/js/greeting.js";

const STEPS = 200;

/** What a visitor brings along, and what came of it. */
let visit;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  visit = { kept: new Map(), calm: false, broken: false, listeners: new Map(), done: [] };
  globalThis.location = { href: "http://optviz.example/", hash: "" };
  visit.opened = "http://optviz.example/";
  mock.method(performance, "getEntriesByType", () => [{ name: visit.opened }]);
  globalThis.window = {
    matchMedia: () => ({ matches: visit.calm }),
    get localStorage() {
      if (visit.broken) throw new Error("not allowed");
      return { getItem: (name) => visit.kept.get(name) ?? null, setItem: (name, text) => visit.kept.set(name, text) };
    },
  };
  globalThis.Element = class {
    constructor(button = "", around = null) { Object.assign(this, { button, around }); }
    closest(asked) { return asked.split(", ").some((one) => one === `[data-do=${this.button}]` || one === this.around) ? this : null; }
  };
  globalThis.document = {
    hidden: false,
    addEventListener(kind, listener, { signal }) {
      visit.listeners.set(kind, listener);
      signal.addEventListener("abort", () => visit.listeners.delete(kind));
    },
  };
});

afterEach(() => mock.timers.reset());

function greeted({ isServed = true, veiled = false } = {}) {
  const state = { veiled, playedRace: null, message: { header: { shown: "race", layers: [{ kind: "tracks", steps: STEPS }] } } };
  const transport = {
    play: () => { state.playing = true; visit.done.push("play"); },
    pause: () => visit.done.push("pause"),
  };
  const greeting = new Greeting(() => state, ({ type, step }) => visit.done.push(`${type} ${step}`), transport);
  greeting.receive(isServed);
  visit.state = state;
  return greeting;
}

function input(kind, target = new Element()) {
  visit.listeners.get(kind)?.({ target });
  mock.timers.tick(1);
}

test("a first visit begins at the start, plays once it is drawn, and is remembered", () => {
  const greeting = greeted();
  assert.deepEqual(visit.done, ["seek 0"]);
  greeting.begin();
  greeting.begin();
  greeting.receive(true);
  assert.deepEqual(visit.done, ["seek 0", "play"]);
  visit.done = [];
  greeted().begin();
  assert.deepEqual(visit.done, []);
});

test("under the veil a first visit waits: what comes is still to be guessed", () => {
  greeted({ veiled: true }).begin();
  assert.deepEqual(visit.done, []);
});

for (const [why, brings] of [
  ["a link that says something", () => { visit.opened = "http://optviz.example/?steps=50"; }],
  ["a link to a place on the page", () => { globalThis.location.hash = "#scores"; }],
  ["who wants no motion", () => { visit.calm = true; }],
  ["who has been here", () => { visit.kept.set("optviz-visited", "1"); }],
  ["a browser that keeps nothing", () => { visit.broken = true; }],
  ["a tab that is not looked at", () => { globalThis.document.hidden = true; }],
]) {
  test(`${why}: the race is there at its end`, () => {
    brings();
    greeted().begin();
    assert.deepEqual(visit.done, []);
    assert.equal(visit.listeners.size, 0);
  });
}

test("a file that plays shows the race that it was saved for", () => {
  greeted({ isServed: false }).begin();
  assert.deepEqual(visit.done, []);
});

test("what the app writes into the address since is no link", () => {
  globalThis.location.href = "http://optviz.example/?lang=zh";
  greeted();
  assert.deepEqual(visit.done, ["seek 0"]);
});

for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
  test(`any input stops it: ${kind}`, () => {
    greeted().begin();
    input(kind);
    input(kind);
    assert.deepEqual(visit.done, ["seek 0", "play", "pause"]);
  });
}

test("whoever is quicker than the picture finds the race at its end", () => {
  const greeting = greeted();
  input("keydown");
  greeting.begin();
  assert.deepEqual(visit.done, ["seek 0", `seek ${STEPS}`]);
  visit.done = [];
  greeted().begin();
  assert.deepEqual(visit.done, [], "and has been here");
});

test("the button that plays pauses by itself: it is not pressed twice", () => {
  greeted().begin();
  input("pointerdown", new Element("play"));
  assert.deepEqual(visit.done, ["seek 0", "play"]);
});

for (const [what, around] of [["view", ".optviz-views"], ["language", ".st-key-language"]]) {
  test(`in another ${what} it goes on, and whatever comes then stops it`, () => {
    greeted().begin();
    for (const kind of ["pointerdown", "touchstart", "keydown"]) input(kind, new Element("", around));
    assert.deepEqual(visit.done, ["seek 0", "play"]);
    input("pointerdown");
    assert.deepEqual(visit.done, ["seek 0", "play", "pause"]);
  });
}

test("a view that is chosen before the first picture has come leaves the race to be played", () => {
  const greeting = greeted();
  input("pointerdown", new Element("", ".optviz-views"));
  greeting.begin();
  assert.deepEqual(visit.done, ["seek 0", "play"]);
});

test("once the race has ended by itself, what comes first does only what it is for", () => {
  greeted().begin();
  visit.state.playing = false;
  input("keydown");
  assert.deepEqual(visit.done, ["seek 0", "play"]);
});
