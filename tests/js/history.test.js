// One entry in the history for each change that is worth going back to.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import keepHistory from "../../optviz/ui/history.js";

const GIVEN = { quiet: ["hidden"], read: ["guide"], read_by: ["chapter"] };
let entries = [];
let listeners = [];
let main;

/** What the visitor, or the browser, does. */
function act(type) {
  for (const { type: of, heard } of listeners) if (of === type) heard({ type });
}

/** A browser's history, as far as an address goes. */
function browserAt(path) {
  entries = [path];
  const stand = (url) => { globalThis.location = new URL(url, "http://here/"); };
  stand(path);
  listeners = [];
  globalThis.addEventListener = (type, heard) => listeners.push({ type, heard });
  main = { scrollTop: 0, firstElementChild: { scrollHeight: 900 }, scrollTo: (_, top) => { main.scrollTop = top; } };
  globalThis.document = { querySelector: () => main };
  globalThis.history = {
    pushState: (_, __, url) => { entries.push(url); stand(url); },
    replaceState: (_, __, url) => { entries[entries.length - 1] = url; stand(url); },
  };
}

beforeEach(() => {
  browserAt("/?seed=1");
  keepHistory({ data: GIVEN });
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
  keepHistory({ data: { ...GIVEN, found: "lr=.10", spelled: "lr=0.1" } });
  assert.deepEqual(go("/?lr=0.1", "/?lr=0.2"), ["/?lr=0.1", "/?lr=0.2"]);
});

test("another page is one entry, on which the address is said again", () => {
  go("/step", "/step?seed=1");
  act("click");
  assert.deepEqual(go("/step?seed=2"), ["/?seed=1", "/step?seed=1", "/step?seed=2"]);
});

// However busy the machine is: [where the visitor was, what Streamlit writes on the way, where the page is then].
for (const [from, ways] of Object.entries({
  "/guide?chapter=rmsprop": [
    ["/guide", "/", "/?seed=2"],
    ["/guide", "/guide?seed=2", "/", "/?seed=2"],
    ["/guide", "/", "/?seed=2", "/?seed=2&steps=9"],
  ],
  "/guide": [["/", "/?seed=2"], ["/guide?seed=2", "/", "/?seed=2"]],
})) {
  for (const way of ways) {
    test(`where the app itself goes to another page, that is one entry: ${from} ${way.join(" ")}`, () => {
      browserAt(from);
      keepHistory({ data: GIVEN });
      act("click");
      assert.deepEqual(go(...way), [from, way.at(-1)]);
      act("pointerdown");
      assert.deepEqual(go("/?seed=3"), [from, way.at(-1), "/?seed=3"]);
    });
  }
}

test("whoever goes on by hand leaves what was without parameters", () => {
  go("/");
  act("click");
  assert.deepEqual(go("/step", "/step?seed=2"), ["/?seed=1", "/", "/step?seed=2"]);
});

test("what was carried to a page is forgotten with its first address", () => {
  go("/step");
  act("click");
  go("/step?seed=2");
  act("click");
  assert.deepEqual(go("/step?seed=1"), ["/?seed=1", "/step", "/step?seed=2", "/step?seed=1"]);
});

test("what is said after going back takes the entry's place", () => {
  act("click");
  go("/?seed=2");
  globalThis.location = new URL("http://here/?seed=nonsense");
  act("popstate");
  assert.deepEqual(go("/?seed=0"), ["/?seed=1", "/?seed=0"]);
});

test("a page is opened at its top, and read on from where it was left", () => {
  browserAt("/guide?chapter=rmsprop");
  keepHistory({ data: GIVEN });
  main.scrollTop = 877;
  act("pointerdown");
  act("click");
  go("/guide", "/", "/?seed=2");
  assert.equal(main.scrollTop, 0);
  main.scrollTop = 300; // what is laid out late
  act("scroll");
  assert.equal(main.scrollTop, 0);
  globalThis.location = new URL("http://here/guide?chapter=rmsprop");
  act("popstate");
  assert.equal(main.scrollTop, 0, "the page before is seen still");
  main.firstElementChild.scrollHeight = 5000;
  act("scroll");
  assert.equal(main.scrollTop, 877);
  act("wheel");
  main.scrollTop = 950;
  act("scroll");
  assert.equal(main.scrollTop, 950, "the visitor's hand is stronger");
  act("click");
  go("/", "/?seed=1");
  act("click");
  go("/guide", "/guide?chapter=adam");
  assert.equal(main.scrollTop, 0, "another chapter");
  go("/", "/?seed=1");
  act("click");
  go("/guide", "/guide?chapter=rmsprop");
  main.firstElementChild.scrollHeight = 4999;
  act("scroll");
  assert.equal(main.scrollTop, 950);
});

test("called for each message it counts each change once", () => {
  keepHistory({ data: GIVEN });
  keepHistory({ data: GIVEN });
  assert.deepEqual(go("/?seed=2"), ["/?seed=1", "/?seed=2"]);
});
