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
      else fail();
    };
    // The next who asks tries again.
    const fail = () => {
      loading = null;
      script.remove();
      reject(new Error("plotly.js did not load"));
    };
    script.onerror = fail;
    document.head.appendChild(script);
  });
  return loading;
}
