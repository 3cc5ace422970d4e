// @ts-check
// A chart that stands still: Plotly draws it, its marks can be clicked, and what is drawn can be taken away. For figures
// without anything that moves; any other is the stage's.

/** @import { Component, Dict, Header, Message, PlotElement } from "../types.js" */

import { loadStyle } from "../elements.js";
import { arrangementFor, merge } from "../figure.js";
import { completed, resolved, sameBytes, toBytes, unpack } from "../message.js";
import { loadPlotly } from "../plotly.js";
import { Requests } from "../requests.js";
import { themeOf, watchSystemTheme } from "../theme.js";
import { csvOf } from "./csv.js";

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
  merge(figure.layout, resolved(header.arrangements[arrangementFor(header, width)] ?? {}, arrays, colors));
  for (const [group, names] of Object.entries(header.choices)) {
    const view = resolved(header.views[chosen[group] ?? names[0] ?? ""] ?? {}, arrays, colors);
    merge(figure.layout, view.layout);
    for (const [place, patch] of Object.entries(view.data ?? {})) merge(figure.data[Number(place)], patch);
  }
  Object.assign(figure.layout, { width, height: figure.layout.height ?? HEIGHT, autosize: false });
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
    this.plot.setAttribute("role", "img");
    this.body.append(this.bar, this.plot);
    root.replaceChildren(this.body);
    /** @type {Message | null} */
    this.message = null;
    /** @type {Uint8Array | null} */
    this.received = null;
    /** @type {Record<string, string>} */
    this.chosen = {};
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
    this.plot.setAttribute("aria-label", String(message.header["title"] ?? ""));
    this.build(message.header);
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
  }

  listen() {
    if (this.listens) return;
    this.listens = true;
    this.plot.on("plotly_click", ({ points }) => {
      const sends = /** @type {Dict} */ (this.message?.header.clicks ?? {})["marks"]?.sends;
      const mark = points[0] && markOf(points[0]);
      if (sends && mark) this.requests.ask(sends, mark);
    });
  }

  /** @param {string} ending */
  async save(ending) {
    const { message, plot } = this;
    if (!message || !window.Plotly) return;
    const { data, layout } = chartOf(message, this.chosen, themeOf(this.root), plot.clientWidth);
    const name = message.header["file_name"] ?? "optviz";
    const title = String(message.header["title"] ?? "");
    if (ending === "csv") {
      // With its mark a spreadsheet reads the letters as UTF-8.
      const address = URL.createObjectURL(new Blob([`\uFEFF${csvOf(data, layout)}`], { type: "text/csv" }));
      downloadFrom(address, `${name}.csv`);
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      return;
    }
    const ground = message.header.themes[themeOf(this.root)]["label_back"];
    const margin = { ...layout["margin"], t: (layout["margin"]?.t ?? 0) + 34 };
    const named = { text: title, x: 0.01, xanchor: "left", y: 1, yanchor: "top", pad: { t: 8 }, font: { size: 15 } };
    const whole = { ...layout, paper_bgcolor: ground, title: named, margin, height: layout["height"] + 34 };
    const options = { format: ending, width: layout["width"], height: whole.height, scale: ending === "png" ? 2 : 1 };
    downloadFrom(await window.Plotly.toImage({ data, layout: whole }, options), `${name}.${ending}`);
  }

  stop() {
    this.stopped = true;
    this.requests.stop();
    this.sizes.disconnect();
    this.unwatch();
    window.Plotly?.purge(this.plot);
  }
}

/**
 * @param {string} address
 * @param {string} name
 */
function downloadFrom(address, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: name });
  link.click();
}
