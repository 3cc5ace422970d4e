// @ts-check
// What a visit waits for at the server outlives a reload: the tab keeps a token of the visit, and tells it to the next.

const NAME = "optviz-asks";

/**
 * @typedef {object} Given
 * @property {string | null} visit stands for the visit while it waits for something
 */

/** @param {{ data: Given, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepAsking({ data: { visit }, setTriggerValue }) {
  try {
    if (visit) return sessionStorage.setItem(NAME, visit);
    const kept = sessionStorage.getItem(NAME);
    if (!kept) return;
    // Said once: what has been cancelled is not taken up again.
    sessionStorage.removeItem(NAME);
    setTriggerValue("kept", kept);
  } catch {
    // A browser that keeps nothing: then who asked has to ask again.
  }
}
