// One entry in the history for each change that is worth going back to.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import keepHistory from "../../optviz/ui/history.js";

const QUIET = ["hidden"];
let entries = [];

/** A browser's history, as far as an address goes. */
function browserAt(path) {
  entries = [path];
  const stand = (url) => { globalThis.location = new URL(url, "http://here/"); };
  stand(path);
  globalThis.history = {
    pushState: (_, __, url) => { entries.push(url); stand(url); },
    replaceState: (_, __, url) => { entries[entries.length - 1] = url; stand(url); },
  };
}

beforeEach(() => {
  browserAt("/?seed=1");
  keepHistory({ data: { quiet: QUIET } });
});

const go = (...addresses) => {
  for (const address of addresses) history.pushState(null, "", address);
  return entries;
};

test("another race is an entry, another legend is none", () => {
  assert.deepEqual(go("/?seed=2", "/?seed=2&hidden=1", "/?hidden=0%2C1&seed=2", "/?seed=3&hidden=0%2C1"), [
    "/?seed=1", "/?hidden=0%2C1&seed=2", "/?seed=3&hidden=0%2C1",
  ]);
});

test("another order, or a spelling that is said to mean the same, is no entry", () => {
  assert.deepEqual(go("/?steps=10&seed=1", "/?seed=1&steps=10"), ["/?seed=1", "/?seed=1&steps=10"]);
  browserAt("/?lr=.10");
  keepHistory({ data: { quiet: QUIET, found: "lr=.10", spelled: "lr=0.1" } });
  assert.deepEqual(go("/?lr=0.1", "/?lr=0.2"), ["/?lr=0.1", "/?lr=0.2"]);
});

test("another page is one entry, on which the address is said again", () => {
  assert.deepEqual(go("/step", "/step?seed=1", "/step?seed=2"), ["/?seed=1", "/step?seed=1", "/step?seed=2"]);
});

test("where the app itself goes to another page with another race, that is one entry", () => {
  assert.deepEqual(go("/", "/step", "/step?seed=2", "/step?seed=3"), ["/?seed=1", "/step?seed=2", "/step?seed=3"]);
});

test("whoever goes on by hand later leaves what was without parameters", ({ mock }) => {
  let now = 0;
  mock.method(performance, "now", () => now);
  go("/");
  now = 10_000;
  assert.deepEqual(go("/step", "/step?seed=2"), ["/?seed=1", "/", "/step", "/step?seed=2"]);
});

test("what was carried to a page is forgotten with its first address", () => {
  assert.deepEqual(go("/step", "/step?seed=2", "/step?seed=1"), ["/?seed=1", "/step", "/step?seed=2", "/step?seed=1"]);
});

test("called for each message it counts each change once", () => {
  keepHistory({ data: { quiet: QUIET } });
  keepHistory({ data: { quiet: QUIET } });
  assert.deepEqual(go("/?seed=2"), ["/?seed=1", "/?seed=2"]);
});
