// What a walk sees of the pages beside that of races: which page is on the screen, and what it shows. Runs before eyes.js.

(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => Boolean(element?.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  const said = (element) => element?.innerText.replace(/\s+/g, " ").trim() ?? null;
  const keyed = (key, part = "") => all(`:is(.st-key-${key}, [class*='st-key-${key}-']) ${part}`).filter(seen);

  // Page → what only it has.
  const MARKS = {
    race: ".optviz-stage:not(.inside, [data-small=true])",
    step: ".inside:not([data-small=true])",
    guide: ".st-key-guide",
    lessons: ".st-key-lessons_list, .st-key-lessons_opened, .st-key-lessons_composing",
    league: ".st-key-league_question, .st-key-league_usual, .st-key-league_train_beside, .st-key-league_tune_rate",
  };

  const page = () => location.pathname.split("/").at(-1) || "race";

  // Which pages are on the screen: a lesson has a stage like a race's.
  function pages() {
    const found = Object.keys(MARKS).filter((name) => all(MARKS[name]).some(seen));
    return found.includes("lessons") ? found.filter((name) => name !== "race") : found;
  }

  // The page that the navigation above says is the current one.
  function current() {
    const links = all("[data-testid=stTopNavLink]").filter(seen);
    const marked = links.find((link) => link.getAttribute("aria-current") === "page");
    return marked ? new URL(marked.href).pathname.split("/").at(-1) || "race" : null;
  }

  // What must have been drawn before the page is at rest, and has not.
  function undrawn() {
    const chart = all(".optviz-chart-plot").find((plot) => seen(plot.parentElement) && !plot.dataset.drawn);
    if (chart) return "a chart is not drawn";
    const stage = all(".optviz-stage").find((each) => seen(each) && !each.dataset.drawn);
    return stage ? "there is no picture" : null;
  }

  function stepPage() {
    const body = one(MARKS.step);
    if (!seen(body)) return null;
    const chips = [...body.querySelectorAll(".inside-racers button")];
    const picker = body.querySelector(".inside-beside select");
    const along = (side, axis) => [...side.querySelectorAll(`.inside-numbers[data-axis=${axis}] .inside-sum`)].map((row) => row.textContent);
    const sides = [...body.querySelectorAll(".inside-side")];
    return {
      racers: chips.map((chip) => chip.querySelector("span").textContent),
      racer: chips.findIndex((chip) => chip.getAttribute("aria-pressed") === "true"),
      beside: picker.value === "" ? null : Number(picker.value),
      sides: sides.map((side) => side.querySelector("h2 span").textContent),
      step: Number(body.dataset.at),
      steps: Number(body.querySelector(".optviz-scrubber").max),
      playing: body.dataset.playing === "true",
      gone: sides.some((side) => side.querySelector(".inside-gone").textContent !== ""),
      lines: sides.map((side) => ["x", "y"].map((axis) => along(side, axis))),
    };
  }

  function guide() {
    if (!seen(one(MARKS.guide))) return null;
    const marked = [...new Set(all(".st-key-guide [aria-current=page][data-go^='chapter:']").map((link) => link.dataset.go.slice(8)))];
    return {
      chapters: marked,
      title: said(one(".optviz-chapter")),
      figures: all("[class*=st-key-guide_figure_]").map((box) => /st-key-guide_figure_(\w+)/.exec(box.className)[1]),
    };
  }

  function lessons() {
    const screens = ["list", "opened", "composing"].filter((name) => seen(one(`.st-key-lessons_${name}`)));
    if (screens.length === 0) return null;
    const options = keyed("guess", "input[type=radio]");
    const chosen = all(":is(.st-key-guess, [class*='st-key-guess-']) input[type=radio]:checked")[0];
    const own = said(all(".optviz-answers .own b, .optviz-answers .own")[0]);
    return {
      screen: screens.join(" and "),
      question: said(all(".st-key-lesson .optviz-question").filter(seen)[0]),
      guess: chosen ? said(chosen.closest("label"))?.slice(0, 1) ?? null : own?.slice(0, 1) ?? null,
      offered: all(":is(.st-key-guess, [class*='st-key-guess-']) input[type=radio]").length || options.length,
      marked: all(".optviz-answers .right, .optviz-answers .own").filter(seen).map(said),
      why: said(all(".optviz-why").filter(seen)[0]),
      measured: all(".st-key-lessons_opened .optviz-scores").filter(seen).length,
    };
  }

  function league() {
    if (!all(MARKS.league).some(seen)) return null;
    const has = (key) => keyed(key, "button").length > 0;
    const rows = all(".optviz-league tbody tr").filter(seen);
    return {
      question: said(one(".st-key-league_question .optviz-question")),
      usual: ["league_usual", "league_train_beside", "league_tune_rate"].some(has),
      ...Object.fromEntries(["ask", "cancel", "reveal", "again"].map((name) => [name, has(`league_${name}`)])),
      judging: all(".optviz-awaited, [role=status]").filter(seen).map(said).join(" "),
      answered: one("[data-optviz-league]") !== null || rows.length > 0,
      table: rows.map((row) => [...row.cells].map((cell) => (cell.firstChild?.nodeValue ?? cell.textContent).trim())),
      charts: all(".optviz-chart-plot").filter(seen).map((plot) => plot.getAttribute("aria-label")),
      behind: all("[class*=st-key-league_seed_]").filter(seen).map((box) => Number(/st-key-league_seed_\d+_(\d+)/.exec(box.className)[1])),
    };
  }

  // Headings of one page that stand there more than once.
  function twice() {
    const headings = all("[data-testid=stMain] h1").filter(seen).map(said);
    return headings.filter((heading, place) => headings.indexOf(heading) !== place);
  }

  // What a run of the script has not come to, and is shown pale.
  function stale() {
    return all("[data-testid=stMain] [data-stale=true], [data-testid=stSidebar] [data-stale=true]").filter(seen)
      .filter((box) => said(box)).map((box) => said(box).slice(0, 80));
  }

  // What has the focus; null where nothing has.
  function focus() {
    const has = document.activeElement;
    if (!has || has === document.body || has === document.documentElement) return null;
    return [has.tagName.toLowerCase(), has.dataset.do ?? has.getAttribute("aria-label") ?? String(has.className).slice(0, 40)].join(" ");
  }

  // What the button says that begins and ends a presentation; null where it is out of sight.
  function presented() {
    return said(keyed("present", "button")[0]);
  }

  window.monkeyElsewhere = { page, pages, undrawn, see: () => ({
    pages: pages(), current: current(), stale: stale(), twice: twice(), focus: focus(), presented: presented(),
    full: document.fullscreenElement !== null, entry: window.navigation?.currentEntry?.key ?? null,
    step_page: stepPage(), guide: guide(), lessons: lessons(), league: league(),
  }) };
})();
