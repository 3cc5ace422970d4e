// @ts-check
// Takes the strokes that a canvas would, and writes them down as the data of a path.

export class PathPen {
  constructor() {
    /** @type {string[]} */
    this.parts = [];
  }

  beginPath() {}

  stroke() {}

  /**
   * @param {number} x
   * @param {number} y
   */
  moveTo(x, y) {
    this.parts.push(`M${x.toFixed(2)},${y.toFixed(2)}`);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.parts.push(`L${x.toFixed(2)},${y.toFixed(2)}`);
  }

  text() {
    return this.parts.join("");
  }
}
