// @ts-check
// A chart that stands still: Plotly draws it, its marks can be chosen, and what is drawn can be taken away. For figures
// without anything that moves; any other is the stage's.

/** @import { Component, Dict, Header, Message, PlotElement } from "../types.js" */

import { loadStyle } from "../elements.js";
import { arrangementFor, merge } from "../figure.js";
import { completed, resolved, sameBytes, toBytes, unpack } from "../message.js";
import { loadPlotly } from "../plotly.js";
import { Requests } from "../requests.js";
import { themeOf, watchSystemTheme } from "../theme.js";
import { csvOf } from "./csv.js";
import { presented } from "./presented.js";
import { downloadFrom, entitled } from "./taken.js";
import { Walk } from "./walking.js";

const HEIGHT = 420; // pixels, where the figure has none of its own
const CHART_CONFIG = { displayModeBar: false, responsive: false, showTips: false, scrollZoom: false };

/** @type {WeakMap<HTMLElement, ChartView>} */
const views = new WeakMap();

/**
 * Streamlit's component: called again for each message, and for another theme.
 * @param {Component} component
 * @returns {() => void} called when it leaves the page
 */
export default function chart({ parentElement, data, setTriggerValue }) {
  const shown = views.get(parentElement) ?? new ChartView(parentElement);
  views.set(parentElement, shown);
  shown.receive(toBytes(data), (asked) => setTriggerValue("asked", asked));
  return () => {
    if (parentElement.isConnected) return;
    shown.stop();
    views.delete(parentElement);
  };
}

/**
 * For a page without a server: the same message, inlined, and its style sheet there already.
 * @param {HTMLElement} element
 * @param {Uint8Array} bytes
 */
export function showChart(element, bytes) {
  const shown = new ChartView(element);
  shown.receive(bytes, null);
  return shown;
}

/**
 * What a click on a mark sends: what is noted at the mark, or at its trace with the place of the mark in it.
 * @param {{ customdata?: unknown, pointNumber?: number, data?: Dict }} point
 * @returns {unknown[] | null}
 */
export function markOf({ customdata, pointNumber, data }) {
  if (Array.isArray(customdata) && typeof customdata[0] === "string") return customdata;
  const told = data?.["meta"];
  return Array.isArray(told) && typeof pointNumber === "number" ? [...told, pointNumber] : null;
}

/**
 * The figure with what is chosen: Plotly's dict.
 * @param {Message} message
 * @param {Record<string, string>} chosen
 * @param {"light" | "dark"} theme
 * @param {number} width
 * @returns {{ data: Dict[], layout: Dict }}
 */
export function chartOf({ header, arrays }, chosen, theme, width) {
  const colors = header.themes[theme];
  const figure = resolved(header.plot, arrays, colors);
  const arrangement = arrangementFor(header, width);
  merge(figure.layout, resolved(header.arrangements[arrangement] ?? {}, arrays, colors));
  const isPresented = header.present && arrangement === "wide";
  if (isPresented) merge(figure.layout, resolved(header.arrangements["presented"] ?? {}, arrays, colors));
  for (const [group, names] of Object.entries(header.choices)) {
    const view = resolved(header.views[chosen[group] ?? names[0] ?? ""] ?? {}, arrays, colors);
    merge(figure.layout, view.layout);
    for (const [place, patch] of Object.entries(view.data ?? {})) merge(figure.data[Number(place)], patch);
  }
  Object.assign(figure.layout, { width, height: figure.layout.height ?? HEIGHT, autosize: false });
  if (isPresented) presented(header, figure);
  return figure;
}

export class ChartView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.requests = new Requests();
    this.body = document.createElement("div");
    this.body.className = "optviz-chart";
    this.bar = document.createElement("div");
    this.bar.className = "optviz-chart-bar";
    this.plot = /** @type {PlotElement} */ (/** @type {HTMLElement} */ (document.createElement("div")));
    this.plot.className = "optviz-chart-plot";
    // The arrows are for the marks, not for who reads the page aloud.
    this.plot.setAttribute("role", "application");
    this.told = document.createElement("div");
    this.told.className = "optviz-chart-told";
    this.told.setAttribute("role", "status");
    this.body.append(this.bar, this.plot, this.told);
    root.replaceChildren(this.body);
    this.walk = new Walk(this.plot, this.told, (point) => this.choose(point));
    /** @type {Message | null} */
    this.message = null;
    /** @type {Uint8Array | null} */
    this.received = null;
    /** @type {Record<string, string>} */
    this.chosen = {};
    this.built = "";
    /** @type {Promise<void>} */
    this.drawing = Promise.resolve();
    this.stopped = false;
    this.listens = false;
    this.wide = 0;
    this.theme = "";
    this.sizes = new ResizeObserver(() => { if (this.plot.clientWidth !== this.wide) this.request(); });
    this.sizes.observe(this.body);
    this.unwatch = watchSystemTheme(() => this.request());
  }

  /**
   * @param {Uint8Array} bytes
   * @param {((asked: object) => void) | null} send null: nobody answers
   */
  receive(bytes, send) {
    this.requests.send = send;
    if (send) loadStyle(this.body, "chart.css");
    if (this.received && sameBytes(bytes, this.received)) {
      if (this.theme !== themeOf(this.root)) this.request();
      return;
    }
    const sent = unpack(bytes);
    this.requests.stage = sent.header.stage ?? null;
    this.requests.heard(sent.header.heard);
    const message = completed(sent);
    this.received = message && bytes.slice();
    if (!message) return this.requests.ask("map", sent.header.map_key);
    this.message = message;
    const { title = "", text, token = "" } = message.header;
    const keys = text[send ? "keys_choose" : "keys_tell"] ?? "";
    this.plot.setAttribute("aria-label", [title, keys].filter(Boolean).join(". "));
    // What has a focus keeps it where nothing of it has changed.
    if (this.built !== token || !token) this.build(message.header);
    this.built = token;
    this.request();
  }

  /** @param {Header} header */
  build({ choices, views: named, text }) {
    const groups = Object.entries(choices).filter(([, names]) => names.length > 1);
    const pickers = groups.map(([group, names]) => {
      const picker = document.createElement("select");
      for (const name of names) picker.add(new Option(resolved(named[name]?.title ?? name, new Map(), {}), name));
      const before = this.chosen[group];
      if (before !== undefined && names.includes(before)) picker.value = before;
      this.chosen[group] = picker.value;
      picker.addEventListener("change", () => {
        this.chosen[group] = picker.value;
        this.request();
      });
      const label = document.createElement("label");
      label.append(text[`choose_${group}`] ?? "", picker);
      return label;
    });
    const saved = document.createElement("span");
    saved.className = "optviz-chart-save";
    saved.append(...["png", "svg", "csv"].map((ending) => this.buttonFor(ending, text[`save_${ending}`])));
    this.bar.replaceChildren(...pickers, saved);
  }

  /**
   * @param {string} ending
   * @param {string | undefined} title
   */
  buttonFor(ending, title = "") {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: ending.toUpperCase(), title });
    button.setAttribute("aria-label", title);
    button.addEventListener("click", () => void this.save(ending));
    return button;
  }

  request() {
    this.drawing = this.drawing.then(() => this.draw()).catch((error) => {
      if (this.stopped) return;
      this.plot.textContent = this.message?.header.text["not_drawn"] ?? "";
      console.error(error);
    });
  }

  async draw() {
    const { message } = this;
    const width = this.plot.clientWidth;
    if (!message || this.stopped || !width) return;
    const Plotly = await loadPlotly("plane", message.header.plotly.plane);
    if (this.stopped) return;
    this.wide = width;
    const theme = themeOf(this.root);
    this.theme = theme;
    const { data, layout } = chartOf(message, this.chosen, theme, width);
    this.plot.style.height = `${layout["height"]}px`;
    await Plotly.react(this.plot, data, layout, CHART_CONFIG);
    this.plot.dataset["drawn"] = String(message.header.token ?? "");
    this.listen();
    this.walk.resume();
  }

  listen() {
    if (this.listens) return;
    this.listens = true;
    this.plot.on("plotly_click", ({ points }) => {
      if (!points[0]) return;
      this.walk.goTo(points[0]);
      this.choose(points[0]);
    });
  }

  /** @param {Dict} point */
  choose(point) {
    const sends = /** @type {Dict} */ (this.message?.header.clicks ?? {})["marks"]?.sends;
    const mark = markOf(point);
    if (sends && mark) this.requests.ask(sends, mark);
  }

  /** @param {string} ending */
  async save(ending) {
    const { message, plot } = this;
    if (!message || !window.Plotly) return;
    const { header } = message;
    const { data, layout } = chartOf(message, this.chosen, themeOf(this.root), plot.clientWidth);
    // Who was taken out by a click in the legend is not drawn.
    for (const [place, trace] of data.entries()) trace["visible"] = plot._fullData?.[place]?.["visible"] ?? trace["visible"];
    const name = header["file_name"] ?? "optviz";
    const chosen = Object.keys(header.choices).map((group) => this.titleOf(group));
    if (ending === "csv") {
      // With its mark a spreadsheet reads the letters as UTF-8.
      const table = csvOf(data, layout, chosen.join(" · "));
      const address = URL.createObjectURL(new Blob([`\uFEFF${table}`], { type: "text/csv" }));
      downloadFrom(address, `${name}.csv`);
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      return;
    }
    const ground = header.themes[themeOf(this.root)]["label_back"] ?? "";
    const whole = entitled({ data, layout }, ground, header.title ?? "", [...chosen, ...(header.caption ?? "").split(" · ")]);
    const options = { format: ending, width: layout["width"], height: whole.layout["height"], scale: ending === "png" ? 2 : 1 };
    downloadFrom(await window.Plotly.toImage(whole, options), `${name}.${ending}`);
  }

  /**
   * What is chosen of a group, in words.
   * @param {string} group
   * @returns {string}
   */
  titleOf(group) {
    const { choices = {}, views: named = {} } = this.message?.header ?? {};
    const name = this.chosen[group] ?? choices[group]?.[0] ?? "";
    return resolved(named[name]?.title ?? "", new Map(), {});
  }

  stop() {
    this.stopped = true;
    this.requests.stop();
    this.sizes.disconnect();
    this.unwatch();
    window.Plotly?.purge(this.plot);
  }
}
