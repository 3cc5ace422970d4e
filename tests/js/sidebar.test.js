// An empty sidebar, for which a run is asked for so that it goes.

import assert from "node:assert/strict";
import { test } from "node:test";

import letSidebarGo from "../../optviz/ui/sidebar/emptied.js";

/** A page with a sidebar of so many sections, or with none; `asked` counts the runs. */
function page(sections) {
  const content = { childElementCount: sections };
  const sidebar = sections === null ? null : { querySelector: () => content };
  const looks = [];
  globalThis.document = { querySelector: () => sidebar };
  globalThis.MutationObserver = class {
    constructor(look) { this.look = look; }
    observe() { looks.push(this.look); }
    disconnect() { looks.length = 0; }
  };
  const parentElement = { isConnected: true };
  const shown = { asked: 0, looks, parentElement };
  shown.run = () => letSidebarGo({ parentElement, setTriggerValue: () => { shown.asked += 1; } });
  shown.has = (count) => {
    content.childElementCount = count;
    for (const look of looks) look();
  };
  return shown;
}

function leaves(shown, leave) {
  shown.parentElement.isConnected = false;
  leave();
}

test("a sidebar that has become empty asks for one run, however often the page is told", () => {
  const shown = page(11);
  const leave = shown.run();
  assert.equal(shown.asked, 0, "what is stale is still there");
  shown.has(0);
  shown.has(0);
  leave();
  shown.run();
  assert.equal(shown.asked, 1);
  leaves(shown, leave);
  assert.equal(shown.looks.length, 0);
});

test("one that was empty before the script came, and is again after it had been in use, is asked for each time", () => {
  const shown = page(0);
  shown.run();
  assert.equal(shown.asked, 1);
  shown.has(11);
  shown.has(0);
  assert.equal(shown.asked, 2);
  leaves(shown, shown.run());
});

test("where there is none nothing is asked for", () => {
  const shown = page(null);
  leaves(shown, shown.run());
  assert.equal(shown.asked, 0);
});
