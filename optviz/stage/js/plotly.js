// @ts-check
// plotly.js, fetched once for the document.

/** @import { PlotlyModule } from "./types.js" */

/** @type {Promise<PlotlyModule> | null} */
let loading = null;

/**
 * @param {string} address
 * @returns {Promise<PlotlyModule>}
 */
export function loadPlotly(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(address, document.baseURI).href;
    script.onload = () => {
      if (window.Plotly) resolve(window.Plotly);
    };
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error("plotly.js did not load"));
    };
    document.head.appendChild(script);
  });
  return loading;
}
