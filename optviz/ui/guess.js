// @ts-check
// A phone's own guess at a question, of a lesson or of a league: kept in this browser alone, and told to its visit after a
// reload. How far the visit was after it is kept for the tab: what was guessed before stays what it was, and an answer
// that was shown is shown.

const ANSWERED = "answered";

/**
 * @typedef {object} Given
 * @property {string} question stands for the question
 * @property {string | null} guess what the visit knows of: a letter, or a place in a list
 * @property {boolean} revealed whether the visit may guess no more: it has asked for the answer
 * @property {boolean} answered where the answer comes only later, whether it is there
 */

/** @param {{ data: Given, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepGuess({ data: { question, guess, revealed, answered }, parentElement, setTriggerValue }) {
  const name = `optviz-guess-${question}`;
  // Which questions this document has shown: one that is opened once more in it may be asked anew.
  const page = /** @type {{ optvizAsked?: Set<string> }} */ (globalThis);
  page.optvizAsked ??= new Set();
  const isLoaded = !page.optvizAsked.has(question);
  page.optvizAsked.add(question);
  try {
    const before = isLoaded && !revealed ? sessionStorage.getItem(name) : null;
    const wasRevealed = before !== null;
    // What a hand was quick to choose before the visit knew that the race had been played is no guess.
    const guesses = guess !== null && !wasRevealed;
    if (guesses) localStorage.setItem(name, guess);
    if (revealed) sessionStorage.setItem(name, answered ? ANSWERED : "revealed");
    if (guesses || revealed) return;
    const kept = localStorage.getItem(name);
    // Said once: what the visit cannot use is not said again.
    if (!(kept || wasRevealed) || parentElement.dataset["told"] === question) return;
    parentElement.dataset["told"] = question;
    setTriggerValue("kept", { question, guess: kept, revealed: wasRevealed, answered: before === ANSWERED });
  } catch {
    // A browser that keeps nothing: then the guess lasts as long as the visit.
  }
}
