// @ts-check
// A stage in a text plays by itself, once, when a reader has come to it, and rests while it is out of sight. Whoever wants
// no motion finds the race at its end.

/** @import { Dispatch, State } from "./types.js" */
/** @import { Transport } from "./transport.js" */

import { wantsNoMotion } from "./theme.js";

const REACHED = 0.6; // of it in sight

export class Sight {
  /**
   * @param {HTMLElement} element what is in sight or not
   * @param {() => State} state
   * @param {Dispatch} dispatch
   * @param {Transport} transport
   */
  constructor(element, state, dispatch, transport) {
    this.element = element;
    this.state = state;
    this.dispatch = dispatch;
    this.transport = transport;
    this.asked = false;
    this.waits = false;
    /** @type {IntersectionObserver | null} */
    this.observer = null;
    this.listening = new AbortController();
  }

  /**
   * The first message has come: its race is shown at its start.
   * @param {boolean} isServed whether it came from a server
   */
  receive(isServed) {
    if (this.asked) return;
    this.asked = true;
    if (!isServed || wantsNoMotion()) return;
    this.waits = true;
    this.dispatch({ type: "seek", step: 0 });
    // Whoever uses it before is not played to.
    const how = { capture: true, signal: this.listening.signal };
    for (const kind of ["pointerdown", "keydown"]) {
      this.element.closest(".optviz-stage")?.addEventListener(kind, () => { this.waits = false; }, how);
    }
  }

  // It has been drawn.
  begin() {
    if (!this.waits || this.observer) return;
    this.observer = new IntersectionObserver((entries) => this.seen(entries), { threshold: [0, REACHED] });
    this.observer.observe(this.element);
  }

  /** @param {Pick<IntersectionObserverEntry, "intersectionRatio" | "isIntersecting">[]} entries */
  seen(entries) {
    const last = entries.at(-1);
    if (!last) return;
    if (!last.isIntersecting && this.state().playing) this.transport.pause();
    if (!this.waits || last.intersectionRatio < REACHED) return;
    this.waits = false;
    this.transport.play();
  }

  stop() {
    this.listening.abort();
    this.observer?.disconnect();
    this.waits = false;
  }
}
