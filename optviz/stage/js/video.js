// @ts-check
// The stage as a video: the race is played once from the start, and what is seen is recorded.

/** @import { Shot } from "./still.js" */

import { contextOf, frameOf } from "./still.js";

const FRAMES_PER_SECOND = 30;
const BITS_PER_SECOND = 8e6;
const LAST_PICTURE = 1200; // milliseconds for which a video rests on its last picture
const LAST_PICTURES = 15; // so many at least: a busy machine leaves most of them out, and they get sharp one after another
const NO_PICTURES = 2000; // bytes: a video that was ended in its first moment is no more than its head
/** @type {[string, string[]][]} */
const VIDEO_TYPES = [
  ["webm", ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"]],
  ["mp4", ["video/mp4;codecs=avc1.640028", "video/mp4"]],
];

/**
 * File ending → the type of video that this browser records for it.
 * @returns {Map<string, string>}
 */
export function videoTypes() {
  /** @type {Map<string, string>} */
  const known = new Map();
  if (!window.MediaRecorder || !("captureStream" in HTMLCanvasElement.prototype)) return known;
  for (const [ending, types] of VIDEO_TYPES) {
    const type = types.find((candidate) => MediaRecorder.isTypeSupported(candidate));
    if (type) known.set(ending, type);
  }
  return known;
}

/** One video. `run` resolves to it, or to null where it was ended before there was anything to see; `end` ends it early. */
export class Recording {
  /** @param {string} type of video */
  constructor(type) {
    this.type = type;
    this.running = false;
    this.ended = false;
    /** @type {MediaRecorder | null} */
    this.recorder = null;
    this.draw = () => {};
  }

  /**
   * @param {Shot} shot
   * @param {{ rewind: () => void, play: () => void, playing: () => boolean }} race
   * @returns {Promise<Blob | null>}
   */
  async run(shot, { rewind, play, playing }) {
    const still = await frameOf(shot);
    if (this.ended) return null;
    const canvas = still.canvas();
    const context = contextOf(canvas);
    const recorder = new MediaRecorder(canvas.captureStream(FRAMES_PER_SECOND), {
      mimeType: this.type, videoBitsPerSecond: BITS_PER_SECOND,
    });
    /** @type {Blob[]} */
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const stopped = new Promise((resolve, reject) => {
      recorder.addEventListener("stop", resolve);
      recorder.addEventListener("error", (event) => reject(/** @type {ErrorEvent} */ (event).error));
    });
    this.recorder = recorder;
    this.draw = () => still.draw(context);
    rewind();
    this.draw();
    recorder.start();
    this.running = true;
    play();
    this.endAfterRest(playing);
    await stopped;
    const [type = this.type] = this.type.split(";");
    const video = new Blob(parts, { type });
    return video.size > NO_PICTURES ? video : null;
  }

  /** @param {() => boolean} playing */
  endAfterRest(playing) {
    /** @type {number | null} */
    let rested = null;
    let drawn = 0;
    /** @param {number} now */
    const look = (now) => {
      if (!this.running) return;
      if (playing()) {
        rested = null;
        drawn = 0;
      } else {
        // A stream takes only what is drawn anew.
        this.draw();
        rested ??= now;
        drawn += 1;
        if (drawn >= LAST_PICTURES && now - rested > LAST_PICTURE) this.end();
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }

  // A picture has been painted.
  frame() {
    if (this.running) this.draw();
  }

  end() {
    this.ended = true;
    this.running = false;
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
  }
}
