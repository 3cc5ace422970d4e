// @ts-check
// What a visit waits for at the server outlives a reload: the tab keeps a token of the visit, and tells it to the next.

const NAME = "optviz-asks";
/** What is told where no visit before this one waits. */
const NOBODY = "nobody";

/**
 * @typedef {object} Given
 * @property {string | null} visit stands for the visit while it waits for something
 * @property {boolean} heard whether the visit knows by now what the tab has kept
 */

/** @param {{ data: Given, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepAsking({ data: { visit, heard }, setTriggerValue }) {
  // What has been cancelled is not taken up again; what the visit has not heard yet outlives another reload.
  const kept = keptAfter(visit, heard);
  if (!heard) setTriggerValue("kept", kept ?? NOBODY);
}

/**
 * @param {string | null} visit
 * @param {boolean} heard
 */
function keptAfter(visit, heard) {
  try {
    if (visit) sessionStorage.setItem(NAME, visit);
    else if (heard) sessionStorage.removeItem(NAME);
    return sessionStorage.getItem(NAME);
  } catch {
    // A browser that keeps nothing: then who asked has to ask again.
    return null;
  }
}
