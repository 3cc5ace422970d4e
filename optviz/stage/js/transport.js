// @ts-check
// The clock: playing, and the buttons that move through the steps.

/** @import { Dispatch, State } from "./types.js" */

import { stepBefore, stepOf, stepsOf } from "./state.js";

const SECONDS_PER_RUN = 8; // at speed 1
const LONGEST_FRAME = 0.25; // seconds: a tab that was in the background goes on where it stopped instead of jumping ahead
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
export const TOUR_MOVES = 0.75; // the share of a seed's time in which its paths move; then the picture rests

export class Transport {
  /**
   * @param {() => State} state
   * @param {Dispatch} dispatch
   * @param {() => void} finished called when the last step has been played
   */
  constructor(state, dispatch, finished) {
    this.state = state;
    this.dispatch = dispatch;
    this.finished = finished;
    this.plays = 0;
  }

  /** @param {string} what first, back, play (or pause), forward or last */
  command(what) {
    if (what === "play") return this.state().playing ? this.pause() : this.play();
    this.pause();
    const state = this.state();
    const step = { first: 0, back: stepBefore(state), forward: stepOf(state) + 1, last: stepsOf(state) }[what];
    return this.dispatch({ type: "seek", step: step ?? stepOf(state) });
  }

  pause() {
    this.dispatch({ type: "pause" });
  }

  play() {
    this.dispatch({ type: "play" });
    // Whoever plays what is playing already begins anew; two loops would run at twice the speed.
    this.plays += 1;
    const { plays } = this;
    /** @type {number | null} */
    let last = null;
    /** @param {number} now */
    const frame = (now) => {
      if (plays !== this.plays || !this.state().playing) return;
      const seconds = last === null ? 0 : Math.min((now - last) / 1000, LONGEST_FRAME);
      last = now;
      const state = this.state();
      this.dispatch({ type: "advance", steps: (seconds * stepsOf(state)) / secondsPerRun(state) });
      if (this.state().playing) requestAnimationFrame(frame);
      else this.finished();
    };
    requestAnimationFrame(frame);
  }

  stop() {
    this.plays += 1;
  }
}

/** @param {State} state */
function secondsPerRun({ message, recording, speed }) {
  const tour = message?.header.tour;
  return tour && !recording ? tour.seconds * TOUR_MOVES : SECONDS_PER_RUN / speed;
}
