// @ts-check
// The kinds of layers, each with the mark that draws it. A new kind is a file of this folder, a row here, and a type in
// types.d.ts; a figure names it in `layers`.

/** @import { Layer, Mark } from "../types.js" */

import { Arrows } from "./arrows.js";
import { Places } from "./places.js";
import { Relief } from "./relief.js";
import { SceneRunners } from "./scene.js";
import { SwarmPoints } from "./swarm.js";
import { Tracks } from "./tracks.js";

/** @type {Record<Layer["kind"], (layer: any) => Mark>} */
const MARKS = {
  arrows: (layer) => new Arrows(layer),
  places: (layer) => new Places(layer),
  relief: (layer) => new Relief(layer),
  tracks: (layer) => new Tracks(layer),
  scene: (layer) => new SceneRunners(layer),
  swarm: (layer) => new SwarmPoints(layer),
};

/**
 * @param {Layer} layer
 * @returns {Mark}
 */
export function markFor(layer) {
  return MARKS[layer.kind](layer);
}
