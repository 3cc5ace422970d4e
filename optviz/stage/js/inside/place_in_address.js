// @ts-check
// The step in the address. It changes with every scrub, so the browser writes it there by itself and asks nobody; whatever
// the server writes meanwhile knows an older step, and takes the newer one over (optviz/ui/history.js).

const SETTLED = 200; // milliseconds: browsers refuse an address that changes more often than some times a second

export class PlaceInAddress {
  /** @param {string} name of the parameter */
  constructor(name) {
    this.name = name;
    this.timer = 0;
  }

  /** @param {string | null} value null leaves it out */
  follow(value) {
    const led = /** @type {History & { optvizLed?: Record<string, string | null> }} */ (history);
    led.optvizLed = { [this.name]: value };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const address = new URL(location.href);
      if (address.searchParams.get(this.name) === value) return;
      if (value === null) address.searchParams.delete(this.name);
      else address.searchParams.set(this.name, value);
      history.replaceState(history.state, "", address);
    }, SETTLED);
  }

  // Whoever goes to another page takes nothing along.
  stop() {
    clearTimeout(this.timer);
    delete (/** @type {History & { optvizLed?: Record<string, string | null> }} */ (history)).optvizLed;
  }
}
