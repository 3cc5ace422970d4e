// @ts-check
// The picture as a whole: Plotly below, canvases above, and which of them shows what. New paths in an old frame are
// painted on the canvases at once, and Plotly follows when there is time; another frame is Plotly's to draw first.

/** @import { Camera, Elements, Header, State, StageRoot } from "./types.js" */
/** @import { Drawn } from "./picture.js" */
/** @import { Shot } from "./still.js" */
/** @import { Recording } from "./video.js" */

import { CHARTS } from "./axes.js";
import { Canvases } from "./canvases.js";
import { sentenceOf, updateStep } from "./chrome.js";
import { lettersFor, thicknessFor } from "./figure.js";
import { paintLegend } from "./legend.js";
import { resolved } from "./message.js";
import { Picture } from "./picture.js";
import { momentOf, racersOf, shownViews, stepOf, swarmTold } from "./state.js";
import { updateHomeButton } from "./home.js";

/**
 * @typedef {object} ScreenAnswers
 * @property {() => State} state
 * @property {() => Recording | null} recording the video that is being made
 * @property {() => boolean} isDragging whether the next message is on its way
 * @property {(header: Header) => void} painted a message is on the screen
 * @property {() => void} stepped another step is shown
 * @property {(colors: string[]) => void} colored the colours of the racers are those
 * @property {(trace: number | null) => void} pointed
 * @property {(camera: Camera | null) => void} turned
 * @property {() => void} flat
 * @property {() => void} drawn Plotly shows the newest one
 */

export class Screen {
  /**
   * @param {StageRoot} root
   * @param {Elements} elements
   * @param {ScreenAnswers} answers
   */
  constructor(root, elements, answers) {
    this.elements = elements;
    this.answers = answers;
    this.canvases = new Canvases(elements);
    this.picture = new Picture(root, elements, {
      state: answers.state,
      isRecording: () => answers.recording()?.running ?? false,
      replaced: () => answers.recording()?.end(),
      moved: () => this.moved(),
      pointed: answers.pointed,
      turned: answers.turned,
      flat: answers.flat,
      byProcessor: () => this.canvases.paintByProcessor(),
      drawn: (drawn) => this.drawn(drawn),
      failed: (error) => this.failed(error),
    });
    /** @type {{ state: State, ahead: boolean } | null} what the canvases show */
    this.measured = null;
    /** @type {unknown[]} what was last said of the step */
    this.said = [];
  }

  // Another message, or another choice of what is shown.
  redraw() {
    const state = this.answers.state();
    if (this.picture.fits(state)) {
      this.picture.hideStale();
      this.measure(state, true);
      this.painted();
      this.picture.requestLater(this.answers.isDragging());
      return;
    }
    if (state.message === this.measured?.state.message) this.paint();
    this.picture.request();
  }

  /** @param {Drawn} drawn */
  drawn({ state: drawn, theme }) {
    const state = this.answers.state();
    const { body } = this.elements;
    body.dataset["theme"] = theme;
    body.dataset["arrangement"] = this.picture.arrangementOf(drawn);
    body.dataset["drawn"] = drawn.message?.header.token ?? "";
    body.dataset["race"] = drawn.message?.header.race ?? "";
    updateHomeButton(this.elements, this.picture);
    // Meanwhile more may have come, which is on the screen already.
    if (drawn.message !== state.message && this.picture.fits(state)) this.redraw();
    else {
      this.measure(drawn, false);
      this.painted();
    }
    this.answers.drawn();
  }

  painted() {
    this.paint();
    const { elements, measured, picture } = this;
    const header = measured?.state.message?.header;
    if (!header || !picture.drawn) return;
    paintLegend(elements.legend, this.answers.state(), picture.drawn.theme);
    this.paintCard();
    const { dataset } = elements.body;
    // Set only where it changes: whoever waits for the next picture watches it.
    if (dataset["painted"] !== header.token) dataset["painted"] = header.token ?? "";
    this.answers.painted(header);
  }

  // The marker on an open card, in the colour that it has on the picture.
  paintCard() {
    const { arrays = new Map(), header } = this.answers.state().message ?? {};
    const { drawn } = this.picture;
    if (!header || !drawn) return;
    const theme = header.themes[drawn.theme];
    this.answers.colored(racersOf(this.answers.state()).map(({ color }) => resolved(color, arrays, theme)));
  }

  // The axes have moved under what is painted.
  moved() {
    this.answers.recording()?.end();
    this.measureAgain();
    updateHomeButton(this.elements, this.picture);
  }

  // What is painted is elsewhere on the screen, or the screen has other pixels.
  measureAgain() {
    if (this.measured) this.measure(this.measured.state, this.measured.ahead);
    this.paint();
  }

  /**
   * Says where everything is on the screen.
   * @param {State} state
   * @param {boolean} ahead of Plotly
   */
  measure(state, ahead) {
    const geometry = this.picture.geometry();
    const theme = this.picture.drawn?.theme;
    if (!geometry || !state.message || !theme) return;
    const { header, arrays } = state.message;
    this.measured = { state, ahead };
    const scene = {
      geometry, arrays, ahead, racers: racersOf(state), chosen: shownViews(state),
      theme: header.themes[theme], thickness: thicknessFor(header), letters: lettersFor(header),
      font: getComputedStyle(this.elements.body).fontFamily,
    };
    this.canvases.measure(header.layers, scene);
  }

  paint() {
    const { canvases, elements } = this;
    const state = this.answers.state();
    if (!canvases.scene) return;
    canvases.paint(momentOf(state), this.handles());
    this.answers.recording()?.frame();
    const said = [stepOf(state), state.message, state.playing, state.hidden, state.recording, state.chosen, state.flat];
    if (said.some((value, index) => value !== this.said[index])) {
      updateStep(elements, state);
      this.answers.stepped();
    }
    this.said = said;
    elements.body.dataset["step"] = String(stepOf(state));
    elements.body.dataset["frames"] = String(canvases.frames);
  }

  // What has been drawn of the way so far is drawn anew with the next painting.
  forget() {
    this.canvases.forget();
  }

  // The handle that is held, and those that Plotly has not drawn yet where they are.
  handles() {
    const { held, message } = this.answers.state();
    const clicks = this.measured?.ahead ? message?.header.clicks ?? {} : {};
    return CHARTS.flatMap((chart) => {
      const isHeld = held?.chart === chart;
      const place = isHeld ? held.point : clicks[chart]?.at;
      const pixel = place && this.picture.pixelOf(chart, place);
      return pixel ? [{ ...pixel, held: isHeld }] : [];
    });
  }

  /** @param {unknown} error */
  failed(error) {
    this.elements.sentence.textContent = this.answers.state().message?.header.text["broken"] ?? "";
    console.error(error);
  }

  /** @returns {Shot} */
  shot() {
    const { canvases, elements } = this;
    const state = this.answers.state();
    if (!state.message || !canvases.scene) throw new Error("there is no picture yet");
    const { theme, geometry } = canvases.scene;
    const { header, arrays } = state.message;
    // Whoever is pointed at is no matter of a saved picture.
    const moment = { ...momentOf(state), lit: null };
    return {
      header,
      theme,
      plot: elements.plot,
      ground: canvases.groundMaker(),
      canvases: [elements.under, elements.kept, elements.moving],
      paint: canvases.painter(moment),
      fontFamily: getComputedStyle(elements.body).fontFamily,
      legend: racersOf(state).filter((_, index) => !state.hidden.includes(index))
        .map(({ name, marker, color }) => ({ name, marker, color: resolved(color, arrays, theme) })),
      said: () => sentenceOf(this.answers.state()),
      goesOn: state.recording !== null,
      told: [...Object.values(shownViews(state)).flatMap((name) => header.views[name]?.told ?? []), ...swarmTold(state)],
      scene: async (options) => (await this.picture.scenery?.image(options)) ?? null,
      charts: [...geometry.boxes, ...(geometry.sight ? [geometry.sight.box] : [])].map((box, chart) => {
        const shapes = canvases.shapes(chart, moment);
        return { box, clipped: shapes.flatMap(({ clipped }) => clipped), free: shapes.flatMap(({ free }) => free) };
      }),
    };
  }
}
