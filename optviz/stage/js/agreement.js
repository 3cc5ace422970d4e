// @ts-check
// Page and picture show one race. The page around the picture says which race it was last run for; where that stays
// another one than the picture's, an answer has been lost on the way, and the whole page is asked for again.

const UNLIKE_FOR = 2500; // milliseconds for which page and picture may show different races
const APP = "[data-test-script-state]"; // Streamlit's: what its script does

export class Agreement {
  /**
   * @param {() => string | undefined} race the picture's; undefined where no page is around it
   * @param {(race: string) => void} disagree
   */
  constructor(race, disagree) {
    this.race = race;
    this.disagree = disagree;
    this.timer = 0;
    const app = document.querySelector(APP);
    this.watching = new MutationObserver(() => this.compare());
    if (app) this.watching.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
  }

  // Called whenever a script has begun or ended, and for each picture.
  compare() {
    clearTimeout(this.timer);
    if (this.agrees()) return;
    this.timer = setTimeout(() => {
      const race = this.race();
      if (race && !this.agrees()) this.disagree(race);
    }, UNLIKE_FOR);
  }

  agrees() {
    const page = document.querySelector("[data-optviz-race]")?.getAttribute("data-optviz-race");
    const race = this.race();
    return !page || !race || page === race || document.querySelector(APP)?.getAttribute("data-test-script-state") === "running";
  }

  stop() {
    clearTimeout(this.timer);
    this.watching.disconnect();
  }
}
