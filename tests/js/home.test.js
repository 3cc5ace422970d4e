// The way home: of the axes or of the camera, whichever the button says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { zoomedInSight } from "../../optviz/stage/js/home.js";
import { Stage } from "../../optviz/stage/js/stage.js";

for (const [zoomed, shown, done] of [
  [["curves"], ["map", "curves"], "axes"], [[], ["curves"], "camera"], [["map"], ["curves"], "camera"], [["map", "curves"], ["curves"], "axes"],
]) {
  test(`zoomed is ${zoomed}, shown is ${shown}: it takes home the ${done}`, () => {
    const asked = [];
    const picture = {
      axes: { zoomed: () => zoomed }, axesOf: (chart) => (shown.includes(chart) ? {} : null), goHome: () => asked.push("axes"),
    };
    Stage.prototype.goHome.call({ picture, dispatch: ({ type, camera }) => { assert.deepEqual([type, camera], ["turn", null]); asked.push("camera"); } });
    assert.deepEqual(asked, [done]);
    assert.equal(zoomedInSight(picture) !== undefined, done === "axes");
  });
}
