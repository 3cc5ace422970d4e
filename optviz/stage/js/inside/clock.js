// @ts-check
// Which step is shown, and what moves on from it: buttons, keys, and playing.

const STEPS_PER_SECOND = 3; // at speed 1: numbers are to be read

export class Clock {
  /** @param {() => void} changed called for another step, and when playing begins or ends */
  constructor(changed) {
    this.changed = changed;
    this.step = 0;
    this.steps = 0;
    /** @type {number | null} the step that is asked for, until there are as many */
    this.awaited = null;
    this.speed = 1;
    this.timer = 0;
  }

  get isPlaying() {
    return this.timer !== 0;
  }

  /**
   * A run: the step that is shown of it, or the last one, until there is a run with more.
   * @param {number} step
   * @param {number} steps
   */
  take(step, steps) {
    this.steps = steps;
    this.step = Math.min(step, steps);
    this.awaited = step > steps ? step : null;
  }

  /** The step that is asked for, whether it is there or not. */
  get asked() {
    return this.awaited ?? this.step;
  }

  /** @param {number} step the nearest one that there is */
  seek(step) {
    this.awaited = null;
    const next = Math.max(0, Math.min(this.steps, Math.round(step)));
    if (next === this.step) return;
    this.step = next;
    this.changed();
  }

  /** @param {string} what first, back, play (or pause), forward or last */
  command(what) {
    if (what === "play") return this.isPlaying ? this.pause() : this.play();
    this.pause();
    return this.seek({ first: 0, back: this.step - 1, forward: this.step + 1, last: this.steps }[what] ?? this.step);
  }

  play() {
    if (this.step >= this.steps) this.seek(0);
    this.tick();
    this.changed();
  }

  tick() {
    this.timer = setTimeout(() => {
      if (this.step + 1 < this.steps) this.tick();
      else this.timer = 0;
      this.seek(this.step + 1);
    }, 1000 / (STEPS_PER_SECOND * this.speed));
  }

  pause() {
    if (!this.isPlaying) return;
    clearTimeout(this.timer);
    this.timer = 0;
    this.changed();
  }
}
