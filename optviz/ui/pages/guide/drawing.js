// @ts-check
// Shows a drawing that the server has made. What is pressed in it is followed by links.js.

/** @param {{ parentElement: HTMLElement, data: { drawn: string } }} component */
export default function drawing({ parentElement, data }) {
  if (parentElement.dataset["drawn"] === data.drawn) return;
  parentElement.dataset["drawn"] = data.drawn;
  const place = document.createElement("div");
  place.innerHTML = data.drawn;
  parentElement.replaceChildren(place);
}
