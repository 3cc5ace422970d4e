// What was left for what is shown, over a reload of the tab.

import assert from "node:assert/strict";
import { test } from "node:test";

import keepLeft from "../../optviz/ui/returning.js";

const kept = new Map();
globalThis.sessionStorage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, text) => kept.set(name, text),
  removeItem: (name) => kept.delete(name),
};
const LEFT = { page: "league", race: "surface=gaussian_hills", view: "", shown: "surface=bowl" };

const loaded = () => {
  globalThis.optvizLeft = undefined;
  const said = [];
  return { said, show: (left) => keepLeft({ data: { left }, setTriggerValue: (name, value) => said.push([name, value]) }) };
};

test("what was left is told once after a reload", () => {
  const first = loaded();
  first.show(null);
  first.show(LEFT);
  assert.deepEqual(first.said, []);
  const reloaded = loaded();
  reloaded.show(null);
  reloaded.show(LEFT);
  assert.deepEqual(reloaded.said, [["kept", LEFT]]);
});

test("what has been gone back to is forgotten", () => {
  const first = loaded();
  first.show(LEFT);
  first.show(null);
  const reloaded = loaded();
  reloaded.show(null);
  assert.deepEqual(reloaded.said, []);
});

test("a browser that keeps nothing, or something else, says nothing", () => {
  kept.set("optviz-left", "{");
  const broken = loaded();
  broken.show(null);
  assert.deepEqual(broken.said, []);
});
