// @ts-check
// plotly.js, fetched once for the document: one bundle for plane charts, and one for those in 3-D once there is one.

/** @import { PlotlyModule } from "./types.js" */
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
  if (bundle === "plane" && window.Plotly) return Promise.resolve(window.Plotly);
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
  if (window.Plotly && window.Plotly !== before) bundles.set(bundle, Promise.resolve(window.Plotly));
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
      if (loaded && loaded !== before) resolve(loaded);
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
