// The legend: how a racer's card is opened from its chip.

import assert from "node:assert/strict";
import { test } from "node:test";

import { updateLegend } from "../../optviz/stage/js/legend.js";

class Chip extends EventTarget {
  dataset = {};

  setAttribute() {}

  spans = [{ dataset: {} }, { dataset: {} }];

  querySelectorAll() {
    return this.spans;
  }
}

/** A page for a mouse, or for a finger. */
function onScreen(isCoarse) {
  globalThis.window = { matchMedia: (asked) => ({ matches: isCoarse && asked === "(pointer: coarse)" }) };
  globalThis.document = { createElement: () => new Chip() };
}

function legendOf(names, header) {
  const chips = [];
  const racers = names.map((name) => ({ name }));
  const state = { hidden: [], message: { header: { layers: [{ kind: "tracks", racers }], ...header } } };
  updateLegend({ children: chips, appendChild: (chip) => chips.push(chip) }, state, () => {}, () => {});
  return chips;
}

for (const [isCoarse, told] of [[false, "right click"], [true, "long press"]]) {
  test(`a chip tells of what is done with a ${isCoarse ? "finger" : "mouse"}`, () => {
    onScreen(isCoarse);
    const text = { legend_help: "right click", legend_help_on_touch: "long press" };
    assert.deepEqual(legendOf(["one", "other"], { text }).map(({ title }) => title), [told, told]);
  });
}

test("on a tour a chip says what its racer has won, and that a tie shares a win", () => {
  onScreen(false);
  const text = {
    legend_help: "Click.", tally: "· {wins}", tally_told: "Won {wins} seeds; a tie shares the win.", tally_told_one: "Won 1 seed; a tie shares the win.",
  };
  const chips = legendOf(["one", "other", "third"], { text, tour: { wins: ["4.3", "1", "12.5"] } });
  assert.deepEqual(chips.map(({ spans: [, { textContent, dataset }] }) => [textContent, dataset.long]),
    [["· 4.3", "false"], ["· 1", "false"], ["12.5", "true"]]);
  assert.deepEqual(chips.map(({ title }) => title), [
    "Won 4.3 seeds; a tie shares the win.\nClick.", "Won 1 seed; a tie shares the win.\nClick.", "Won 12.5 seeds; a tie shares the win.\nClick.",
  ]);
  assert.deepEqual(legendOf(["one"], { text }).map(({ title, spans: [, { textContent }] }) => [title, textContent]), [["Click.", ""]]);
});

for (const [by, more, hasFocus, takesFocus] of [
  ["the key for menus", { button: 0, pointerType: "" }, true, true],
  ["a mouse", { button: 2, pointerType: "mouse" }, true, false],
  ["a finger that rests", { button: 0, pointerType: "touch" }, true, false],
  ["a hand that has left the focus elsewhere", { button: 0 }, false, false],
]) {
  test(`by ${by} a card opens ${takesFocus ? "with the focus in it" : "and leaves the focus"}`, () => {
    onScreen(false);
    const chips = [];
    const legend = { children: chips, appendChild: (chip) => chips.push(chip) };
    const racers = [{ name: "one" }, { name: "other" }];
    const state = { hidden: [], message: { header: { text: {}, layers: [{ kind: "tracks", racers }] } } };
    const opened = [];
    updateLegend(legend, state, () => assert.fail("the card is opened by the panel, which remembers the focus"),
      (...how) => opened.push(how));
    document.activeElement = hasFocus ? chips[1] : null;
    const event = Object.assign(new Event("contextmenu", { cancelable: true }), more);
    chips[1].dispatchEvent(event);
    assert.deepEqual([opened, event.defaultPrevented], [[[1, takesFocus]], true]);
  });
}
