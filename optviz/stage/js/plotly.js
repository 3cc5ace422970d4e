// @ts-check
// plotly.js, fetched once for the document: one bundle for plane charts, and one for those in 3-D once there is one.

/** @import { Dict, PlotlyModule } from "./types.js" */
/** @typedef {"plane" | "scene"} Bundle */

/** @type {Map<Bundle, Promise<PlotlyModule>>} */
const bundles = new Map();

/**
 * @param {Bundle} bundle
 * @param {string} address
 * @returns {Promise<PlotlyModule>}
 */
export function loadPlotly(bundle, address = "") {
  const known = bundles.get(bundle);
  if (known) return known;
  if (bundle === "plane" && window.Plotly) return Promise.resolve(withTrueMinus(window.Plotly));
  const loading = fetched(address).catch((error) => {
    bundles.delete(bundle);
    throw error;
  });
  bundles.set(bundle, loading);
  return loading;
}

/**
 * Each bundle names itself window.Plotly; there the first one stays.
 * @param {() => void} run runs the script of a bundle
 * @param {Bundle} bundle
 */
export function takePlotly(bundle, run) {
  const before = window.Plotly;
  run();
  if (window.Plotly && window.Plotly !== before) bundles.set(bundle, Promise.resolve(withTrueMinus(window.Plotly)));
  if (before) window.Plotly = before;
}

/**
 * @param {string} address
 * @returns {Promise<PlotlyModule>}
 */
function fetched(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(address, document.baseURI).href;
    const before = window.Plotly;
    // Called right after the script has run, before anything else can.
    script.onload = () => {
      const loaded = window.Plotly;
      if (before) window.Plotly = before;
      if (loaded && loaded !== before) resolve(withTrueMinus(loaded));
      else fail();
    };
    const fail = () => {
      script.remove();
      reject(new Error("plotly.js did not load"));
    };
    script.onerror = fail;
    document.head.appendChild(script);
  });
}

/**
 * Numbers in labels with a true minus sign, as at axes: no locale of Plotly's says which one is theirs. A component is
 * asked of each layout, once it knows how numbers are written.
 * @param {PlotlyModule} module
 */
function withTrueMinus(module) {
  module.register?.({
    moduleType: "component",
    name: "optviz-minus",
    /**
     * @param {Dict} _given
     * @param {Dict} layout
     */
    supplyLayoutDefaults(_given, layout) {
      const written = layout["_d3locale"];
      if (!written?.numberFormat) return;
      /** @param {string} form */
      const numberFormat = (form) => {
        const format = written.numberFormat(form);
        /** @param {number} value */
        return (value) => String(format(value)).replaceAll("-", "−");
      };
      layout["_d3locale"] = { ...written, numberFormat };
    },
  });
  return module;
}
