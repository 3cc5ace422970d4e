// @ts-check
// A first visit: the race begins at its start and plays once by itself, until the visitor does anything with it. Whoever
// comes by a link that says something, wants no motion, has been here, or does not look, finds the race at its end.

/** @import { Dispatch, State } from "./types.js" */
/** @import { Transport } from "./transport.js" */

import { endIsHidden, stepsOf } from "./state.js";
import { wantsNoMotion } from "./theme.js";

const VISITED = "optviz-visited";
const INPUTS = ["pointerdown", "keydown", "wheel", "touchstart"];
// What shows the same race otherwise, in another view or language: it goes on playing, as it would for the button.
const GOES_ON = ".optviz-views, .st-key-language";

export class Greeting {
  /**
   * @param {() => State} state
   * @param {Dispatch} dispatch
   * @param {Transport} transport
   */
  constructor(state, dispatch, transport) {
    this.state = state;
    this.dispatch = dispatch;
    this.transport = transport;
    this.asked = false;
    this.waits = false;
    this.listening = new AbortController();
  }

  /**
   * The first message has come: on a first visit its race is shown at its start.
   * @param {boolean} isServed whether it came from a server: a file that plays shows the race that it was saved for
   */
  receive(isServed) {
    if (this.asked) return;
    this.asked = true;
    // Under the veil a class is still to guess.
    if (!isServed || endIsHidden(this.state()) || !isFirstVisit()) return;
    this.waits = true;
    this.dispatch({ type: "seek", step: 0 });
    const how = { capture: true, passive: true, signal: this.listening.signal };
    for (const kind of INPUTS) document.addEventListener(kind, (event) => this.interrupt(event), how);
  }

  // It has been drawn.
  begin() {
    if (!this.waits) return;
    this.waits = false;
    rememberVisit();
    this.transport.play();
  }

  /**
   * Whatever it is, it is also for what it was meant for, and that comes first: the button and the key that play pause.
   * @param {Event} event
   */
  interrupt(event) {
    if (event.target instanceof Element && event.target.closest(GOES_ON)) return;
    this.listening.abort();
    const { waits } = this;
    const { playing } = this.state();
    this.waits = false;
    if (waits) rememberVisit();
    if (event.target instanceof Element && event.target.closest("[data-do=play]")) return;
    setTimeout(() => {
      if (waits) this.dispatch({ type: "seek", step: stepsOf(this.state()) });
      else if (playing) this.transport.pause();
    });
  }

  stop() {
    this.listening.abort();
    this.waits = false;
  }
}

function isFirstVisit() {
  const [opened] = performance.getEntriesByType("navigation");
  // The app may have written the address since.
  const says = new URL(opened?.name ?? location.href).search !== "" || location.hash !== "";
  if (says || document.hidden || wantsNoMotion()) return false;
  try {
    return window.localStorage.getItem(VISITED) === null;
  } catch {
    // A browser that keeps nothing would play at every visit.
    return false;
  }
}

function rememberVisit() {
  try {
    window.localStorage.setItem(VISITED, "1");
  } catch {
    // Full: it plays once more the next time.
  }
}
