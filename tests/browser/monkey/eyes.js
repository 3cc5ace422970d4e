// What a walk sees of the page, and how it knows that the page has come to rest. Runs before the page's own scripts.

(() => {
  const now = () => performance.now();
  const monkey = { sent: 0, pushes: 0, lastSent: 0, lastReceived: 0 };
  window.monkey = monkey;

  const send = WebSocket.prototype.send;
  const heard = new WeakSet();
  WebSocket.prototype.send = function (data) {
    if (!heard.has(this)) this.addEventListener("message", () => { monkey.lastReceived = now(); });
    heard.add(this);
    monkey.sent += 1;
    monkey.lastSent = now();
    return send.call(this, data);
  };
  const push = history.pushState;
  history.pushState = function (...state) {
    monkey.pushes += 1;
    return push.apply(this, state);
  };

  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => Boolean(element?.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  const elsewhere = window.monkeyElsewhere;
  const stage = () => one(".optviz-stage:not(.inside, [data-small=true])");
  const inside = () => stage()?.parentElement?.optvizStage; // the object that draws
  const header = () => inside()?.state.message?.header; // what it was last told
  const drawn = () => inside()?.screen.picture.drawn?.state.message.header; // and what of it Plotly has drawn

  // Why the page is not at rest yet; null if it is.
  function unrest(sent, must, begin) {
    const app = one("[data-test-script-state]");
    if (!app) return "the page is not there";
    if (app.dataset.testConnectionState !== "CONNECTED") return "there is no connection";
    if (monkey.sent === sent && now() - begin < must) return "nothing has been sent yet";
    if (monkey.lastReceived < monkey.lastSent && now() - monkey.lastSent < 8000) return "the server has not answered";
    if (app.dataset.testScriptState !== "notRunning") return "the script is running";
    if (now() - Math.max(monkey.lastReceived, monkey.lastSent) < 40) return "messages are coming";
    if (one("[data-testid=stSidebar]")?.getAnimations().length) return "the sidebar moves";
    const [page] = elsewhere.pages();
    // Of a long run the page of a step says for good how much of it is told.
    if (page !== "step" && seen(one(".optviz-awaited"))) return "the page awaits a race that is being computed";
    if (page !== elsewhere.page()) return `the page of the address is not there: ${page ?? "none"} is`;
    if (elsewhere.undrawn()) return elsewhere.undrawn();
    if (!stage()) return null;
    if (!stage().dataset.drawn) return "there is no picture";
    if (header()?.token && header().token !== stage().dataset.drawn) return "the picture is not drawn";
    if (inside()?.screen.measured?.ahead) return "Plotly has not drawn what the canvases show";
    if ((inside()?.live.inFlight ?? null) !== null) return "what is dragged is not answered";
    return null;
  }

  // Resolves to null once the page has come to rest, or to what it still waits for. must: milliseconds in which
  // something has to be sent, unless nothing is.
  monkey.rest = ({ sent, must, patience }) => new Promise((resolve) => {
    const begin = now();
    let calm = 0;
    const look = () => {
      const why = unrest(sent, must, begin);
      calm = why === null ? calm + 1 : 0;
      if (calm >= 2) resolve(null);
      else if (now() - begin > patience) resolve(why);
      else setTimeout(look, 16);
    };
    look();
  });

  // The tour is stopped at the very moment at which it moves on: `delay` milliseconds after it asked for the next seed.
  monkey.stopTour = (delay, patience) => new Promise((resolve) => {
    const begin = now();
    let asked = null;
    let sent = null;
    const look = () => {
      const body = stage();
      const button = body?.querySelector("[data-do=tour]");
      if (!body || body.dataset.touring !== "true" || now() - begin > patience) return resolve(false);
      const resting = body.dataset.playing !== "true" && body.dataset.step === body.querySelector(".optviz-scrubber").max;
      if (sent === null && resting) sent = monkey.sent;
      if (sent !== null && asked === null && monkey.sent > sent) asked = now();
      if (asked === null || now() - asked < delay) return setTimeout(look, 2);
      button.click();
      return resolve(true);
    };
    look();
  });

  // Whether a veiled race has been seen to its end since the veil was drawn: then there is nothing left to hide.
  let ended = false;
  const watchEnd = () => {
    const body = stage();
    const veiled = body?.querySelector("[data-do=veil]")?.getAttribute("aria-pressed") === "true";
    ended = veiled && (ended || body.dataset.step === body.querySelector(".optviz-scrubber").max);
    requestAnimationFrame(watchEnd);
  };
  requestAnimationFrame(watchEnd);

  // A widget that is mounted anew has a number behind its name.
  const KEY = /st-key-(\S+?)(?:-\d+)?(?:\s|$)/;

  // What each widget of the page shows, by its name.
  function widgets() {
    const shown = {};
    for (const element of all("[class*='st-key-']")) {
      if (!seen(element)) continue;
      const key = KEY.exec(element.className)[1];
      const ranges = [...element.querySelectorAll("input[type=range]")];
      const input = element.querySelector("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea");
      const box = element.querySelector("input[type=checkbox]");
      const pressed = [...element.querySelectorAll("button[role=radio], button[data-variant=pills]")];
      if (element.querySelectorAll("[class*='st-key-']").length) continue;
      if (key === "stage") continue;
      if (ranges.length === 1) shown[key] = element.querySelector("[data-testid=stSliderThumbValue]")?.innerText.trim() ?? ranges[0].value;
      else if (input) shown[key] = input.value;
      else if (box) shown[key] = box.checked;
      else if (pressed.length) {
        shown[key] = pressed.filter((button) => button.getAttribute("aria-checked") === "true"
          || button.getAttribute("aria-pressed") === "true").map((button) => button.innerText.trim());
      }
    }
    return shown;
  }

  function axes() {
    const layout = one(".optviz-plot")?._fullLayout;
    if (!layout) return {};
    return Object.fromEntries(["xaxis", "yaxis", "xaxis2", "yaxis2"].map((name) => [name, [...layout[name].range]]));
  }

  function racers() {
    const plot = one(".optviz-plot");
    const known = drawn()?.layers.find(({ kind }) => kind === "tracks")?.racers ?? [];
    return known.map((racer) => {
      const [path, curve] = racer.traces.map((trace) => plot.data[trace]);
      const count = path.x.length;
      const places = [0, Math.floor(count / 2), count - 1];
      return {
        name: racer.name,
        count,
        points: places.map((place) => [path.x[place], path.y[place]]),
        losses: places.map((place) => curve.y[place]),
        visible: racer.traces.map((trace) => plot.data[trace].visible !== false),
        opacity: racer.traces.map((trace) => plot.data[trace].opacity ?? 1),
        pale: racer.traces.map((trace) => !plot.data[trace].fill && (plot.data[trace].line?.width ?? 0) > 5),
      };
    });
  }

  // From where a 3-D chart is seen; null where there is none in sight.
  function camera() {
    const scenery = one(".optviz-scenery");
    return seen(scenery) ? inside()?.picture.scenery?.camera() ?? null : null;
  }

  // Where the trace of the start is.
  function start(trace) {
    return trace ? [trace.x[0], trace.y[0]] : null;
  }

  // Text that is in sight, with where it stands; not code, formulas set in type, or what a visitor has typed.
  function texts() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.nodeValue.trim();
      const parent = walker.currentNode.parentElement;
      if (text.length < 2 || parent.closest("[data-live-announcer], script, style, code, pre, .katex, noscript, [data-testid=stCode]")) continue;
      // A link for readers of the screen waits outside the window until it has the focus.
      if (seen(parent) && parent.getBoundingClientRect().bottom + scrollY > 0) found.push(text);
    }
    for (const element of all("[placeholder], .optviz-stage [title]")) {
      // A placeholder is in sight while nothing stands in its place.
      const told = element.value ? element.title : element.getAttribute("placeholder") || element.title;
      if (seen(element) && told) found.push(told);
    }
    return [...new Set(found)];
  }

  // Buttons of the transport bar that something else lies on.
  function covered() {
    const found = [];
    for (const button of all(".optviz-transport button, .optviz-scrubber")) {
      if (!seen(button) || button.closest(".optviz-menu")) continue;
      const box = button.getBoundingClientRect();
      const [left, top] = [box.left + box.width / 2, box.top + box.height / 2];
      if (left < 0 || top < 0 || left >= innerWidth || top >= innerHeight) continue;
      const above = document.elementFromPoint(left, top);
      if (!above || button.contains(above) || above.contains(button)) continue;
      // What is opened on purpose may lie on it: the menu, the sidebar of a phone, a list of options, the page's header.
      if (above.closest(".optviz-menu, [data-testid=stSidebar], [data-baseweb=popover], [role=listbox], [data-testid=stHeader], .st-key-corner")) continue;
      found.push(`${button.dataset.do ?? button.className} under ${above.className || above.tagName}`);
    }
    return found;
  }

  // Whether the canvas of the heads has anything on it, looked at in small.
  function inked(selector) {
    const canvas = one(selector);
    if (!canvas?.width) return false;
    const small = document.createElement("canvas");
    [small.width, small.height] = [Math.ceil(canvas.width / 4), Math.ceil(canvas.height / 4)];
    const context = small.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0, small.width, small.height);
    const { data } = context.getImageData(0, 0, small.width, small.height);
    for (let place = 3; place < data.length; place += 4) if (data[place] > 0) return true;
    return false;
  }

  monkey.see = () => {
    const body = stage();
    const pressed = (what) => body?.querySelector(`[data-do=${what}]`)?.getAttribute("aria-pressed") === "true";
    const plot = one(".optviz-plot");
    const main = one("[data-testid=stMain]");
    const sentence = one(".optviz-sentence")?.innerText ?? "";
    return {
      address: location.href,
      sent: monkey.sent,
      pushes: monkey.pushes,
      drawn: body?.dataset.drawn ?? null,
      touring: body?.dataset.touring === "true",
      playing: body?.dataset.playing === "true",
      arrangement: body?.dataset.arrangement ?? null,
      step: Number(body?.dataset.step ?? -1),
      steps: Number(one(".optviz-scrubber")?.max ?? -1),
      veiled: pressed("veil"),
      ended,
      pinned: pressed("pin"),
      present: body?.dataset.present === "true",
      language: document.documentElement.lang,
      theme: body?.dataset.theme ?? null,
      legend: all(".optviz-legend button").map((chip) => ({ name: chip.querySelector("span").textContent, shown: chip.getAttribute("aria-pressed") === "true" })),
      chosen: Object.fromEntries(all(".optviz-choose button[aria-pressed=true]").map((button) => [button.dataset.group, button.dataset.name])),
      whole: pressed("paths"),
      camera: camera(),
      axes: axes(),
      start: start(plot?.data?.[drawn()?.clicks.map?.trace]),
      racers: racers(),
      flat: plot?._fullLayout?.xaxis.visible ?? false,
      contours: plot?.querySelectorAll(".contourlayer path").length ?? 0,
      inked: inked(".optviz-heads"),
      told: all(".optviz-told p").filter(seen).map((line) => line.innerText.trim()),
      broken: [
        ...all("[data-testid=stException], [data-testid=stAlert], .stDialog, .optviz-lost").filter(seen).map((box) => box.innerText.trim()),
        ...(header()?.text.broken === sentence ? [sentence] : []),
        ...(/Traceback \(most recent/.test(document.body.innerText) ? ["Traceback"] : []),
      ],
      sentence,
      scores: all(".optviz-scores:not(.optviz-tally, .optviz-blank) td.final_loss").filter(seen).map((cell) => cell.innerText.trim()),
      widgets: widgets(),
      texts: texts(),
      covered: covered(),
      ...elsewhere.see(),
      wide: Math.max(document.documentElement.scrollWidth - innerWidth, (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0)),
    };
  };
})();
