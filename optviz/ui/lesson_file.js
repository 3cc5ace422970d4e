// @ts-check
// A file with a lesson, read in the browser: nothing is uploaded but its text, in one message.

const MOST = 3800; // characters: a message with more does not come in

/**
 * @typedef {object} Given
 * @property {string} label
 */

/** @param {{ data: Given, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function lessonFile({ data: { label }, parentElement, setTriggerValue }) {
  let field = parentElement.querySelector("label");
  if (!field) {
    field = document.createElement("label");
    field.className = "optviz-file";
    const [words, input] = [document.createElement("span"), document.createElement("input")];
    input.type = "file";
    input.accept = ".toml";
    field.append(words, input);
    parentElement.append(field);
  }
  const [words, input] = [field.querySelector("span"), field.querySelector("input")];
  if (!words || !input) return;
  words.textContent = label;
  input.onchange = async () => {
    const file = input.files?.[0];
    if (!file) return;
    // Four bytes a character at most; of a larger file nothing is read.
    const text = file.size <= 4 * MOST ? await file.text() : null;
    const fits = text !== null && JSON.stringify(text).length <= MOST;
    setTriggerValue("chosen", fits ? { name: file.name.slice(0, 100), text } : { name: file.name.slice(0, 100), size: file.size });
    input.value = "";
  };
}
