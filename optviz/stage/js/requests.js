// @ts-check
// What the visitor asks of the page: each request has a number and is sent, with all that wait before it, until the
// server says that it has heard of it. Of two that wait at the same time Streamlit keeps the newer one only, and a run
// that is interrupted takes its answer with it.

import { speakOnThePage } from "./spoken.js";

const PICTURE_ALONE = ["map", "card", "code"]; // changes nothing else: as in optviz/ui/pages/race/answers.py
const ASKED_AGAIN = [3000, 6000, 12_000]; // milliseconds; then the last one over and over

/** @typedef {{ number: number, what: string, value: unknown }} Request */
/** @typedef {(name: "asked", value: object) => void} Voice */

/** @type {Voice | null} runs the whole page, where a stage by itself runs its fragment */
let wholePage = null;

/**
 * A component of its own on every page, outside every fragment: see optviz/ui/component.py.
 * @param {{ parentElement: HTMLElement, setTriggerValue: Voice, data: { language: string, skip: string } }} component
 * @returns {() => void} called when it leaves the page
 */
export function voice({ parentElement, setTriggerValue, data }) {
  speakOnThePage(data);
  wholePage = setTriggerValue;
  return () => {
    if (wholePage === setTriggerValue && !parentElement.isConnected) wholePage = null;
  };
}

export class Requests {
  constructor() {
    this.page = Math.random().toString(36).slice(2); // the numbers of another page are others
    /** @type {string | null} how the page calls the stage that asks */
    this.stage = null;
    this.number = 0;
    /** @type {Request[]} */
    this.waiting = [];
    /** @type {object | null} where what is being dragged is: the next place replaces it, so it has no number here */
    this.live = null;
    /** @type {((asked: object) => void) | null} nobody listens where there is no server */
    this.send = null;
    this.tries = 0;
    this.timer = 0;
    this.alone = false; // whether nothing it asks for changes more than its picture
  }

  /**
   * @param {string} what
   * @param {unknown} value
   */
  ask(what, value) {
    if (this.note(what, value)) this.post();
  }

  /**
   * What nothing on the screen waits for goes along with the next request; where none follows, it is sent a while later.
   * So it interrupts no run that the same hand has begun.
   * @param {string} what
   * @param {unknown} value
   */
  mention(what, value) {
    if (this.note(what, value)) this.waitForAnswer();
  }

  /**
   * @param {string} what
   * @param {unknown} value
   * @returns {boolean} whether it waits now, and did not before
   */
  note(what, value) {
    if (!this.send) return false;
    // Asked twice the same at once, it is answered once; where something else lies between, it is not the same.
    const last = this.waiting.at(-1);
    if (last?.what === what && JSON.stringify(last.value) === JSON.stringify(value)) return false;
    this.number += 1;
    this.waiting.push({ number: this.number, what, value });
    this.tries = 0;
    return true;
  }

  /** @param {object | null} live */
  follow(live) {
    this.live = live;
    this.tries = 0;
    if (live) this.post();
  }

  post() {
    const asked = { page: this.page, requests: this.waiting, ...(this.live && { live: this.live }) };
    const changesMore = !this.alone && this.waiting.some(({ what }) => !PICTURE_ALONE.includes(what));
    if (wholePage && this.stage && this.send && changesMore) wholePage("asked", { stage: this.stage, asked });
    else this.send?.(asked);
    this.waitForAnswer();
  }

  waitForAnswer() {
    clearTimeout(this.timer);
    if (!this.send || (!this.waiting.length && !this.live)) return;
    const wait = ASKED_AGAIN[Math.min(this.tries, ASKED_AGAIN.length - 1)];
    this.timer = setTimeout(() => {
      if (!this.waiting.length && !this.live) return;
      this.tries += 1;
      this.post();
    }, wait);
  }

  /** @param {{ page: string, number: number } | null | undefined} told the last request that the server has heard of */
  heard(told) {
    if (!told || told.page !== this.page) return;
    this.waiting = this.waiting.filter(({ number }) => number > told.number);
  }

  stop() {
    clearTimeout(this.timer);
    this.send = null;
  }
}
