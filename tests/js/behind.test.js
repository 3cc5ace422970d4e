// From a mark that was clicked to what it lists, and back to the picture.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import leadBehind from "../../optviz/ui/behind.js";

class Element {
  constructor() {
    Object.assign(this, { children: [], dataset: {}, attributes: new Map(), textContent: "", seen: [] });
  }
  setAttribute(name, value) { this.attributes.set(name, value); }
  hasAttribute(name) { return this.attributes.has(name) || (name === "tabindex" && this.tabIndex !== undefined); }
  replaceChildren(...children) { this.children = children; }
  querySelector(selector) {
    if (selector === "[role=status]") return this.children.find((child) => child.attributes.get("role") === "status");
    return this.plot ?? null;
  }
  focus() { Element.focused = this; }
  scrollIntoView(how) { this.seen.push(how.behavior); }
}
globalThis.HTMLElement = Element;

let heading, picture, other, root, isStill;
beforeEach(() => {
  [heading, picture, root, isStill] = [new Element(), new Element(), new Element(), false];
  picture.plot = new Element();
  other = new Element();
  other.plot = new Element();
  Element.focused = null;
  globalThis.document = {
    createElement: () => new Element(),
    getElementById: (id) => (id === "behind" ? heading : null),
    querySelector: (selector) => (selector === ".st-key-league_duel" ? picture : null),
    querySelectorAll: () => [picture, other],
  };
  globalThis.matchMedia = () => ({ matches: isStill });
});

const show = (told, number, figure = "league_duel") => (
  leadBehind({ data: { told, number, figure: number ? figure : null, place: "behind", back: "back" }, parentElement: root }));

test("a click leads to the list, and what it lists is said by the same element", () => {
  show("to begin with", 0);
  const [said, way] = root.children;
  assert.deepEqual([said.textContent, said.attributes.get("role"), way.hidden], ["to begin with", "status", true]);
  assert.deepEqual([heading.seen, Element.focused], [[], null]);
  show("Adam", 1);
  assert.equal(root.children[0], said);
  assert.deepEqual([said.textContent, way.hidden, heading.seen], ["Adam", false, ["smooth"]]);
  assert.equal(Element.focused, said);
  // The same message again, as after a change of the language.
  show("亚当", 1);
  assert.deepEqual(heading.seen, ["smooth"]);
  // The same mark once more.
  isStill = true;
  show("Adam", 2);
  assert.deepEqual(heading.seen, ["smooth", "auto"]);
});

test("a page that is drawn anew lists what was clicked before, and stays where it is", () => {
  show("Adam", 3);
  assert.deepEqual([heading.seen, Element.focused, root.children[1].hidden], [[], null, false]);
  // The visit is a new one, which counts from the beginning.
  show("to begin with", 0);
  show("NAG", 1);
  assert.deepEqual(heading.seen, ["smooth"]);
});

test("the way back leads to the picture that was clicked", () => {
  show("to begin with", 0);
  show("Adam", 1);
  root.children[1].onclick();
  assert.deepEqual([picture.seen, Element.focused, picture.plot.tabIndex], [["smooth"], picture.plot, -1]);
  // Where another one is shown in its place meanwhile, to that.
  show("Adam", 2, "league_bands");
  Element.focused = null;
  root.children[1].onclick();
  assert.equal(Element.focused, other.plot);
});
