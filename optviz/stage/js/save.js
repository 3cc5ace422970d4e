// @ts-check
// What is taken away from a stage: a picture, a video, a link.

/** @import { Dispatch, State } from "./types.js" */
/** @import { Shot } from "./still.js" */

import { copied } from "./clipboard.js";
import { put } from "./sentences.js";
import { tracksOf } from "./state.js";
import { pngOf, svgOf } from "./still.js";
import { Recording, videoTypes } from "./video.js";

/** @type {Map<string, (shot: Shot) => Promise<Blob>>} */
const STILLS = new Map([["png", pngOf], ["svg", svgOf]]);

/**
 * @typedef {object} Shown
 * @property {() => State} state
 * @property {Dispatch} dispatch
 * @property {() => Shot} shot
 * @property {() => Promise<void>} drawn resolves once Plotly has drawn the state as it is
 * @property {() => void} rewind to the first step
 * @property {() => void} play
 * @property {(sentence: string | undefined) => void} say below the picture
 */

export class Saver {
  /** @param {Shown} shown */
  constructor(shown) {
    this.shown = shown;
    /** @type {Recording | null} */
    this.recording = null;
  }

  /**
   * What can be saved, with the words for it.
   * @returns {[string, string | undefined][]}
   */
  offered() {
    const state = this.shown.state();
    const header = state.message?.header;
    const videos = tracksOf(state) ? [...videoTypes().keys()] : [];
    const entries = [...STILLS.keys(), ...videos, ...(header?.link ? ["link"] : [])];
    return entries.map((name) => {
      const words = videos.includes(name) && this.recording ? "video_stop" : `save_${name}`;
      return [name, header?.text[words]];
    });
  }

  /** @param {string} what */
  async save(what) {
    const still = STILLS.get(what);
    try {
      if (what === "link") await this.copyLink();
      else if (still) await this.saveStill(still, what);
      else if (this.recording) this.recording.end();
      else await this.record(what);
    } catch (error) {
      this.shown.say(this.text["not_saved"]);
      console.error(error);
    }
  }

  /**
   * @param {(shot: Shot) => Promise<Blob>} make
   * @param {string} ending
   */
  async saveStill(make, ending) {
    await this.shown.drawn();
    const shot = this.shown.shot();
    this.download(await make(shot), shot, ending);
  }

  get text() {
    return this.shown.state().message?.header.text ?? {};
  }

  /**
   * A video shows the paths grow, without those that are still to come. Any other picture than the one it began with
   * ends it: the axes would not be those of the paths any more.
   * @param {string} ending
   */
  async record(ending) {
    const { shown } = this;
    const recording = new Recording(videoTypes().get(ending) ?? "");
    this.recording = recording;
    shown.dispatch({ type: "record", recording: ending });
    shown.say(this.text["recording"]);
    try {
      await shown.drawn();
      const race = { rewind: shown.rewind, play: shown.play, playing: () => shown.state().playing };
      const shot = recording.ended ? null : shown.shot();
      const video = shot && await recording.run(shot, race);
      if (shot && video) this.download(video, shot, ending);
    } finally {
      this.recording = null;
      shown.dispatch({ type: "record", recording: null });
    }
  }

  async copyLink() {
    const link = `${location.origin}${location.pathname}?${this.shown.state().message?.header.link}`;
    this.shown.say((await copied(link)) ? this.text["link_copied"] : put(this.text["link_shown"], { link }));
  }

  /**
   * @param {Blob} blob
   * @param {Shot} shot what it was made of: meanwhile another race may be shown
   * @param {string} ending
   */
  download(blob, { header }, ending) {
    const link = document.createElement("a");
    link.download = `${header.file_name ?? "optviz"}.${ending}`;
    link.href = URL.createObjectURL(blob);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}
