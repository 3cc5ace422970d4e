// Clicks and drags on the picture.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Pointer } from "../../optviz/stage/js/pointer.js";

class Plot extends EventTarget {
  classList = { toggle() {} };

  getBoundingClientRect() {
    return { left: 0, top: 0 };
  }

  contains(target) {
    return target === this;
  }
}

let zoomed = [];
let now = 0;
Object.defineProperty(Event.prototype, "timeStamp", { get() { return this.time; } });
globalThis.Element = Plot;
globalThis.HTMLElement = class {};

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  zoomed = [];
  globalThis.document = Object.assign(new EventTarget(), { activeElement: null });
});

const TAKEN = 333; // where something lies on the charts

/** A pixel is a point; the map is on the left of 500, and only it sends anything; its handle is at (400, 400). */
function pointer() {
  const said = [];
  const pointed = [];
  const hushed = [];
  const plot = new Plot();
  const target = { sends: "start", at: [400, 400], trace: 2 };
  const made = new Pointer({
    plot,
    pixelOf: (_, [left, top]) => ({ left, top }),
    pointAt: (_, { clientX, clientY }) => [clientX, clientY],
    chartAt: ({ clientX }) => (clientX < 500 ? "map" : "curves"),
    zoomed: () => zoomed,
  }, {
    state: () => ({ held: null, message: { header: { clicks: { map: target } } } }),
    dragged: (chart, point) => said.push(["dragged", ...point]),
    dropped: (point) => said.push(["dropped", ...point ?? ["given up"]]),
    clicked: (point) => said.push(["clicked", ...point]),
    pointedAt: (chart, point) => pointed.push([chart, ...point]),
    clickedTwice: (chart) => said.push(["twice", chart]),
    taken: ({ clientY }) => clientY === TAKEN,
    hushed: (isHushed) => hushed.push(isHushed),
  });
  const event = (type, clientX, clientY, more) => Object.assign(new Event(type), {
    clientX, clientY, pointerId: 1, isPrimary: true, button: 0, time: now, ...more,
  });
  const hand = {
    down: (x, y, more) => plot.dispatchEvent(event("pointerdown", x, y, more)),
    move: (x, y, more) => document.dispatchEvent(event("pointermove", x, y, more)),
    up: (x, y, more) => document.dispatchEvent(event("pointerup", x, y, more)),
    /** A click so many milliseconds after the last one. */
    click: (x, y, after = 1000, more = {}) => {
      now += after;
      mock.timers.tick(after);
      made.click(event("pointerup", x, y, more));
    },
  };
  return { said, pointed, hushed, hand, made };
}

test("a click is sent at once, and a second one on the same spot takes the chart home", () => {
  const { said, hand } = pointer();
  hand.click(100, 100);
  hand.click(103, 100, 200);
  assert.deepEqual(said, [["clicked", 100, 100], ["twice", "map"]]);
  hand.click(100, 100);
  hand.click(130, 100, 200, { pointerType: "touch" });
  assert.deepEqual(said.slice(2), [["clicked", 100, 100], ["twice", "map"]], "a finger is not as exact");
});

test("a second click elsewhere is a click, however soon; so is a late one on the same spot", () => {
  const { said, hand } = pointer();
  hand.click(100, 100);
  hand.click(200, 100, 100);
  hand.click(200, 100, 400);
  assert.deepEqual(said, [["clicked", 100, 100], ["clicked", 200, 100], ["clicked", 200, 100]]);
});

test("in a zoomed chart a click is shown, and sent when no second one comes", () => {
  zoomed = ["map"];
  const { said, hand } = pointer();
  hand.click(100, 100);
  assert.deepEqual(said, [["dragged", 100, 100]]);
  mock.timers.tick(300);
  assert.deepEqual(said.splice(1), [["dropped", 100, 100]]);
  hand.click(100, 100);
  hand.click(100, 100, 200);
  mock.timers.tick(1000);
  assert.deepEqual(said.splice(1), [["dragged", 100, 100], ["dropped", "given up"], ["twice", "map"]]);
});

test("a click that is shown is sent before the next thing that is done: another click, there or in another chart, or a grab", () => {
  zoomed = ["map"];
  const { said, hand } = pointer();
  hand.click(100, 100);
  hand.click(600, 100, 100);
  assert.deepEqual(said.splice(0), [["dragged", 100, 100], ["dropped", 100, 100]]);
  hand.click(200, 100);
  hand.click(100, 300, 100);
  assert.deepEqual(said.splice(0), [["dragged", 200, 100], ["dropped", 200, 100], ["dragged", 100, 300]]);
  hand.down(400, 400);
  hand.move(410, 410);
  mock.timers.tick(1000);
  hand.up(410, 410);
  assert.deepEqual(said, [["dropped", 100, 300], ["dragged", 410, 410], ["dropped", 410, 410]]);
});

test("a second finger grabs nothing, and does not move what the first one holds", () => {
  const { said, hand } = pointer();
  hand.down(400, 400);
  hand.down(402, 400, { pointerId: 2, isPrimary: false });
  hand.move(450, 400, { pointerId: 2 });
  hand.move(400, 440);
  hand.up(450, 400, { pointerId: 2 });
  hand.up(400, 440);
  assert.deepEqual(said, [["dragged", 400, 440], ["dropped", 400, 440]]);
});

test("what is given up, or has left the page, says nothing any more", () => {
  zoomed = ["map"];
  const { said, hand, made } = pointer();
  hand.click(100, 100);
  hand.down(400, 400);
  hand.move(410, 410);
  said.length = 0;
  made.giveUp();
  hand.move(420, 420);
  hand.up(420, 420);
  made.stop();
  hand.down(400, 400);
  hand.move(420, 420);
  mock.timers.tick(1000);
  assert.deepEqual(said, []);
});

test("a click into a chart that sends nothing says where it was", () => {
  const { said, pointed, hand } = pointer();
  hand.click(700, 60);
  assert.deepEqual([said, pointed], [[], [["curves", 700, 60]]]);
});

test("a click on what lies on the charts is not one into them, nor the first of two", () => {
  const { said, pointed, hand } = pointer();
  hand.click(100, TAKEN);
  hand.click(700, TAKEN);
  assert.deepEqual([said, pointed], [[], []]);
  hand.click(100, TAKEN, 1000);
  hand.click(100, TAKEN + 2, 100);
  assert.deepEqual(said, [["clicked", 100, TAKEN + 2]]);
});

test("nothing is told of what lies under the pointer while it drags, nor until it has left the place where it let go", () => {
  const { hushed, hand } = pointer();
  hand.down(400, 400);
  hand.up(400, 400);
  assert.deepEqual(hushed, [], "a click drags nothing");
  hand.down(400, 400);
  hand.move(450, 440);
  hand.move(500, 440);
  hand.up(460, 440);
  hand.move(470, 450);
  assert.equal(hushed.at(-1), true, "it is still there");
  hand.move(485, 440);
  hand.move(486, 440);
  assert.deepEqual(hushed.filter((isHushed) => !isHushed), [false]);
});

test("what is given up is hushed no more", () => {
  const { hushed, hand, made } = pointer();
  hand.down(400, 400);
  hand.move(450, 440);
  made.giveUp();
  assert.equal(hushed.at(-1), false);
});
