// @ts-check
// A file with a lesson, read in the browser: nothing is uploaded but its text, in one message.

/**
 * @typedef {object} Given
 * @property {string} label
 * @property {number} most bytes of a file; of a larger one nothing is read
 */

/** @param {{ data: Given, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function lessonFile({ data: { label, most }, parentElement, setTriggerValue }) {
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
    const text = file.size <= most ? await file.text() : null;
    // What is no text grows sixfold on its way, and need not go it.
    const plain = text === null || !/[^\P{Cc}\t\n\r]|\ufffd/u.test(text);
    setTriggerValue("chosen", { name: file.name.slice(0, 100), text: plain ? text : "" });
    input.value = "";
  };
}
