// @ts-check
// A tour plays one seed after the other: each once, from the start, in the time that it has; then the next is asked for.

/** @import { Ask, Dispatch, State } from "./types.js" */
/** @import { Transport } from "./transport.js" */

import { stepsOf } from "./state.js";
import { wantsNoMotion } from "./theme.js";
import { TOUR_MOVES } from "./transport.js";

export class Guide {
  /**
   * @param {() => State} state
   * @param {Dispatch} dispatch
   * @param {Transport} transport
   * @param {Ask} ask
   */
  constructor(state, dispatch, transport, ask) {
    this.state = state;
    this.dispatch = dispatch;
    this.transport = transport;
    this.ask = ask;
    /** @type {number | null} the number of the seed that was last played */
    this.played = null;
    this.rest = 0;
  }

  get tour() {
    return this.state().message?.header.tour;
  }

  // A message has come: a tour that is over asks for nothing any more.
  update() {
    if (this.tour) return;
    this.played = null;
    this.wait();
  }

  // A seed that has been drawn and not yet played.
  begin() {
    const { tour } = this;
    if (!tour || tour.number === this.played) return;
    this.played = tour.number;
    this.wait();
    const calm = wantsNoMotion();
    this.dispatch({ type: "seek", step: calm ? stepsOf(this.state()) : 0 });
    if (calm) this.moveOn(1);
    else this.transport.play();
  }

  /**
   * The last step has been played: the picture rests for a share of the seed's time, then the next seed is asked for.
   * Whoever seeks or plays meanwhile looks closer, and the tour goes on once the race has been played again.
   */
  moveOn(share = 1 - TOUR_MOVES) {
    const { tour } = this;
    if (!tour) return;
    this.rest = setTimeout(() => {
      if (this.tour?.number !== tour.number || this.state().playing) return;
      this.ask("tour", { do: "next", number: tour.number });
    }, 1000 * tour.seconds * share);
  }

  // Nothing is asked for until a race has been played again.
  wait() {
    clearTimeout(this.rest);
  }
}
