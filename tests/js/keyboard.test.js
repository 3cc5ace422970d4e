// Keys that belong to the picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { listenToKeys } from "../../optviz/stage/js/keyboard.js";

globalThis.Element = class {};
globalThis.HTMLElement = class extends Element {};

function pressed(keys) {
  globalThis.document = Object.assign(new EventTarget(), { activeElement: null, querySelector: () => null });
  const body = Object.assign(new EventTarget(), { contains: () => false });
  const done = [];
  const stop = listenToKeys({ body, scrubber: {}, plays: () => true, command: (what) => done.push(what), escape: () => done.push("escape") });
  for (const key of keys) document.dispatchEvent(Object.assign(new Event("keydown"), typeof key === "string" ? { key } : key));
  stop();
  return done;
}

test("each key does what it stands for, letters with Caps Lock too", () => {
  const keys = [" ", "ArrowLeft", "ArrowRight", "Home", "End", "i", "I", "f", "F", "Escape"];
  assert.deepEqual(pressed(keys), ["play", "back", "forward", "first", "last", "card", "card", "full", "full", "escape"]);
});

test("a key that is held walks on, and toggles once", () => {
  const held = (key) => [key, { key, repeat: true }, { key, repeat: true }];
  assert.deepEqual(pressed(held("ArrowRight")), ["forward", "forward", "forward"]);
  assert.deepEqual(pressed(held("ArrowLeft")), ["back", "back", "back"]);
  assert.deepEqual([" ", "i", "f", "Home", "End"].map((key) => pressed(held(key)).length), [1, 1, 1, 1, 1]);
});

test("what is held and does nothing again is not left to the browser, which would scroll", () => {
  globalThis.document = Object.assign(new EventTarget(), { activeElement: null, querySelector: () => null });
  const body = Object.assign(new EventTarget(), { contains: () => false });
  const stop = listenToKeys({ body, scrubber: {}, plays: () => true, command() {}, escape() {} });
  const event = Object.assign(new Event("keydown", { cancelable: true }), { key: " ", repeat: true });
  document.dispatchEvent(event);
  stop();
  assert.ok(event.defaultPrevented);
});

test("keys of the browser stay the browser's", () => {
  assert.deepEqual(pressed([{ key: "f", ctrlKey: true }, { key: "I", metaKey: true }, { key: "Home", altKey: true }, "h"]), []);
});

/** An element that has the focus and answers to these selectors, in a stage or beside it. */
function focused(selectors, tagName = "DIV") {
  const classList = { contains: () => false };
  return Object.assign(new HTMLElement(), {
    tagName, classList, dataset: {}, contains: () => false,
    closest(asked) { return asked.split(/,(?![^(]*\))/).some((one) => selectors.includes(one.trim())) ? this : null; },
  });
}

function staged(focus, ofStage) {
  globalThis.document = Object.assign(new EventTarget(), { activeElement: focus, querySelector: () => null });
  const done = [];
  const body = Object.assign(new EventTarget(), { contains: (element) => ofStage && element === focus });
  const stop = listenToKeys({ body, scrubber: {}, plays: () => true, command: (what) => done.push(what), escape() {} });
  const from = (type, target) => body.dispatchEvent(Object.defineProperty(new Event(type), "target", { value: target }));
  const press = (...keys) => {
    for (const key of keys) document.dispatchEvent(Object.assign(new Event("keydown", { cancelable: true }), { key }));
    return done.splice(0);
  };
  return { from, press, stop };
}

test("space plays after a button of the stage was clicked; where the keyboard has come to it, it presses it", () => {
  const button = focused(["button"], "BUTTON");
  const { from, press, stop } = staged(button, true);
  assert.deepEqual(press(" ", "f"), ["full"]);
  from("pointerdown", button);
  from("focusin", button);
  assert.deepEqual(press(" ", " "), ["play", "play"]);
  from("focusin", focused(["button"], "BUTTON"));
  from("focusin", button);
  assert.deepEqual(press(" "), [], "it has gone elsewhere and come back");
  from("pointerdown", button);
  assert.deepEqual(press("Tab", " "), [], "also from outside of the stage");
  stop();
});

for (const [what, selectors, ofStage, does] of [
  ["the slider of the learning rate", ["input"], true, ["card", "full"]],
  ["the speeds, which are numbers", ["select"], true, ["card", "full"]],
  ["a link", ["a"], false, ["card", "full"]],
  ["a slider of the page", ["[role=slider]"], false, ["card", "full"]],
  ["a field", ["input", "input:not([type=range], [type=checkbox], [type=radio])"], false, []],
  ["a choice of words", ["select", "select:not(.optviz-speed)"], false, []],
  ["a table", ["[role=grid]", "[tabindex='0']"], false, []],
]) {
  test(`I and F ${does.length ? "work from" : "are letters in"} ${what}`, () => {
    const { press, stop } = staged(focused(selectors), ofStage);
    assert.deepEqual(press("i", "F"), does);
    assert.deepEqual(press("Home"), [], "that one it uses itself");
    stop();
  });
}

test("what scrolls the page that the stage is on leaves the keys to it, also where something in it has the focus", () => {
  const page = Object.assign(focused(["[tabindex='0']"], "MAIN"), { contains: () => true });
  const within = Object.assign(focused([]), { closest: (asked) => page.closest(asked) });
  for (const focus of [page, within]) {
    const { press, stop } = staged(focus, false);
    assert.deepEqual(press(" ", "ArrowRight", "End", "f", "PageDown"), ["play", "forward", "last", "full"]);
    stop();
  }
});

test("a stage in a text answers while it has the focus, and the space scrolls the text otherwise", () => {
  const focus = focused([]);
  const done = [];
  const body = Object.assign(new EventTarget(), { contains: (element) => element === focus });
  const player = { body, scrubber: {}, plays: () => true, onlyFocused: () => true, command: (what) => done.push(what), escape() {} };
  for (const activeElement of [null, focus]) {
    globalThis.document = Object.assign(new EventTarget(), { activeElement, querySelector: () => null });
    const stop = listenToKeys(player);
    body.dispatchEvent(Object.defineProperty(new Event("pointerdown"), "target", { value: null }));
    const space = Object.assign(new Event("keydown", { cancelable: true }), { key: " " });
    document.dispatchEvent(space);
    assert.equal(space.defaultPrevented, activeElement === focus);
    stop();
  }
  assert.deepEqual(done, ["play"]);
});
