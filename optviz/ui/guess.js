// @ts-check
// A phone's own guess at a question, of a lesson or of a league: kept in this browser alone, and told to its visit after a
// reload. Whether the answer was shown after it is kept for the tab: what was guessed before stays what it was.

/**
 * @typedef {object} Given
 * @property {string} question stands for the question
 * @property {string | null} guess what the visit knows of: a letter, or a place in a list
 * @property {boolean} revealed whether the visit has had the answer shown
 */

/** @param {{ data: Given, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepGuess({ data: { question, guess, revealed }, parentElement, setTriggerValue }) {
  const name = `optviz-guess-${question}`;
  // Which questions this document has shown: one that is opened once more in it may be asked anew.
  const page = /** @type {{ optvizAsked?: Set<string> }} */ (globalThis);
  page.optvizAsked ??= new Set();
  const isLoaded = !page.optvizAsked.has(question);
  page.optvizAsked.add(question);
  try {
    const wasRevealed = isLoaded && !revealed && sessionStorage.getItem(name) !== null;
    // What a hand was quick to choose before the visit knew that the race had been played is no guess.
    const guesses = guess !== null && !wasRevealed;
    if (guesses) localStorage.setItem(name, guess);
    if (revealed) sessionStorage.setItem(name, "revealed");
    if (guesses || revealed) return;
    const kept = localStorage.getItem(name);
    // Said once: what the visit cannot use is not said again.
    if (!(kept || wasRevealed) || parentElement.dataset["told"] === question) return;
    parentElement.dataset["told"] = question;
    setTriggerValue("kept", { question, guess: kept, revealed: wasRevealed });
  } catch {
    // A browser that keeps nothing: then the guess lasts as long as the visit.
  }
}
