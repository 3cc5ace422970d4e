// @ts-check
// What follows the hand: while something is dragged the server is told where it is, and answers with a picture. One
// request is in flight; the next leaves when the answer is on the screen, and takes the newest place along.

/** @typedef {Record<string, unknown>} Value */

export class Live {
  /** @param {(live: (Value & { number: number }) | null) => void} send null: nothing is dragged any more */
  constructor(send) {
    this.send = send;
    this.number = 0;
    /** @type {number | null} */
    this.inFlight = null;
    /** @type {Value | null} */
    this.waiting = null;
  }

  /** @param {Value} value where what is dragged is now */
  follow(value) {
    if (this.inFlight !== null) {
      this.waiting = value;
      return;
    }
    this.number += 1;
    this.inFlight = this.number;
    this.waiting = null;
    this.send({ ...value, number: this.number });
  }

  /** @param {number | null | undefined} number of the answer that is on the screen */
  answered(number) {
    if (this.inFlight === null || number !== this.inFlight) return;
    this.inFlight = null;
    if (this.waiting) this.follow(this.waiting);
    else this.send(null);
  }

  // Let go, or given up: no answer is waited for.
  stop() {
    this.inFlight = null;
    this.waiting = null;
    this.send(null);
  }
}
