// A lesson that is being written, in the tab that it is written in.

import assert from "node:assert/strict";
import { test } from "node:test";

import keepDraft from "../../optviz/ui/draft.js";

const storage = new Map();
globalThis.sessionStorage = {
  getItem: (name) => storage.get(name) ?? null,
  setItem: (name, text) => storage.set(name, text),
  removeItem: (name) => storage.delete(name),
};
const page = () => {
  const [parentElement, said] = [{ dataset: {} }, []];
  const setTriggerValue = (name, value) => said.push([name, value]);
  return { said, show: (draft) => keepDraft({ data: { draft }, parentElement, setTriggerValue }) };
};

test("what was written is told after a reload, once, and no more when it was deleted by hand", () => {
  const first = page();
  first.show(null);
  first.show("half");
  first.show("more");
  assert.deepEqual(first.said, []);
  const reloaded = page();
  reloaded.show(null);
  assert.deepEqual(reloaded.said, [["kept", "more"]]);
  reloaded.show("more");
  assert.deepEqual(reloaded.said, [["kept", "more"]]);
  reloaded.show(null);
  const later = page();
  later.show(null);
  assert.deepEqual(later.said, []);
});

test("a page that has a draft of its own keeps that one", () => {
  page().show("old");
  const other = page();
  other.show("new");
  assert.deepEqual([other.said, storage.get("optviz-draft")], [[], "new"]);
});
