// Where axes are: at home, or where the visitor has zoomed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Axes, distanceOfTicks } from "../../optviz/stage/js/axes.js";

function layout(range = [0, 10], surface = "hills", shows = "steps") {
  const axis = (own, uirevision) => ({ range: own, uirevision, type: "linear" });
  return { xaxis: axis([-1, 1], surface), yaxis: axis([-1, 1], surface), xaxis2: axis(range, shows) };
}

function zoomed() {
  const axes = new Axes();
  axes.arrange(layout(), "hills");
  axes.noteDrawn(layout());
  axes.noteZoom({ ...layout(), xaxis2: { range: [2, 4] } });
  return axes;
}

test("a zoom is where the visitor left it, and only of the axis that moved", () => {
  const axes = zoomed();
  assert.deepEqual(axes.zoomed(), ["curves"]);
  const again = layout([0, 20]);
  axes.arrange(again, "hills");
  assert.deepEqual([again.xaxis2.range, again.xaxis.range], [[2, 4], [-1, 1]]);
});

test("a zoom comes back with what its axis shows, and goes with the surface", () => {
  const axes = zoomed();
  const epochs = layout([0, 3], "hills", "epochs");
  axes.arrange(epochs, "hills");
  assert.deepEqual(epochs.xaxis2.range, [0, 3]);
  const steps = layout();
  axes.arrange(steps, "hills");
  assert.deepEqual(steps.xaxis2.range, [2, 4]);
  const other = layout([0, 10], "noise");
  axes.arrange(other, "noise");
  assert.deepEqual([other.xaxis2.range, axes.zoomed()], [[0, 10], []]);
});

test("a zoom that lies outside the new home is not kept up, and one chart goes home alone", () => {
  const axes = zoomed();
  const elsewhere = layout([100, 200]);
  axes.arrange(elsewhere, "hills");
  assert.deepEqual(elsewhere.xaxis2.range, [100, 200]);
  axes.arrange(layout(), "hills");
  axes.reset("map");
  assert.deepEqual(axes.zoomed(), ["curves"]);
  axes.reset("curves");
  assert.deepEqual(axes.zoomed(), []);
});

// On 400 pixels with labels of 12 px. Below a decade a label takes 16.8 px: of 0.9 decades 0.0378, at whose upper end, 7.94,
// the label below is then at 7.28; the round step that leaves this room is 1. Above, it takes 22.8 px.
for (const [range, expected] of [
  [[0, 1], "D2"], [[-1, 7], 1], [[-8, 8], 1], [[-300, 300], 35], [[0, 0.9], "L1"], [[0, 0.1], "L0.02"],
]) {
  test(`ticks of a logarithmic axis over ${range} have room`, () => {
    const ticks = distanceOfTicks({ range, tickfont: { size: 12 } }, 400);
    assert.equal(ticks, expected);
  });
}

test("a zoom calls for other ticks on an axis that is in sight; one that is not has no labels to have room for", () => {
  const axes = zoomed();
  const shown = { range: [0, 1], type: "log", visible: true, tickfont: { size: 12 }, dtick: 1, _length: 400 };
  assert.equal(axes.ticksAreElsewhere({ ...layout(), xaxis2: shown }), true);
  assert.equal(axes.ticksAreElsewhere({ ...layout(), xaxis2: { ...shown, dtick: "D2" } }), false);
  assert.equal(axes.ticksAreElsewhere({ ...layout(), xaxis2: { range: [0, 1], type: "log", visible: false } }), false);
});
