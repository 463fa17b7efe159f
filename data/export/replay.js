"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const words = JSON.parse(find("words").textContent);
  const run = JSON.parse(find("run").textContent);
  const steps = run.steps;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const EVERY = calm ? 600 : 200; // ms a step
  let current = steps.length - 1, timer = 0, chosen = -1;

  // Words of the page, with {1}, {2} ... filled in.
  const say = (id, ...values) => words[id].replace(/\{(\d)\}/g, (_, i) => values[i - 1]);
  const language = document.documentElement.lang;
  const number = (value) => value.toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const percent = (value) => value.toLocaleString(language, { style: "percent" });

  function add(parent, tag, text, className) {
    const node = document.createElement(tag);
    node.textContent = text;
    if (className) node.className = className;
    parent.append(node);
    return node;
  }

  function list(token) {
    return token.alternatives.map((other) => `${other.text.trim()} ${percent(other.probability)}`);
  }

  function showText(step) {
    const text = find("text");
    text.replaceChildren();
    step.tokens.forEach((token, i) => {
      const shown = i === 0 ? token.text.trimStart() : token.text;
      const word = shown.trimStart();
      text.append(shown.slice(0, shown.length - word.length)); // the blank before it is not underlined
      const mark = token.mark === "changed" || token.mark === "unsure" ? token.mark : "";
      const node = add(text, "span", word, mark);
      node.dataset.index = i;
      node.title = list(token).join("\n");
      if (i === chosen) node.classList.add("chosen");
    });
  }

  function showToken() {
    const token = steps[current].tokens[chosen], panel = find("token");
    panel.querySelector("p").hidden = Boolean(token);
    const entries = panel.querySelector("ol");
    entries.replaceChildren();
    if (token) list(token).forEach((entry) => add(entries, "li", entry));
  }

  function drawChart() {
    const chart = find("chart"), most = Math.max(...steps.map((step) => step.change || 0)) || 1;
    const x = (i) => steps.length > 1 ? 4 + i * 792 / (steps.length - 1) : 400;
    const draw = (tag, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      chart.append(node);
      return node;
    };
    const width = Math.max(1, 500 / steps.length);
    steps.forEach((step, i) => {
      const height = 116 * (step.change || 0) / most;
      draw("rect", { class: "bar", x: x(i) - width / 2, y: 118 - height, width, height });
    });
    draw("polyline", { class: "line", points: steps.map((step, i) => `${x(i)},${118 - 116 * step.sigma}`).join(" ") });
    const cursor = draw("line", { class: "cursor", y1: 0, y2: 120 });
    const bars = chart.querySelectorAll(".bar");
    chart.addEventListener("click", (event) => {
      const box = chart.getBoundingClientRect();
      let share = (event.clientX - box.left) / box.width;
      if (document.documentElement.dir === "rtl") share = 1 - share;
      pause();
      show(Math.round(share * (steps.length - 1)));
    });
    return () => {
      cursor.setAttribute("x1", x(current));
      cursor.setAttribute("x2", x(current));
      bars.forEach((bar, i) => bar.classList.toggle("current", i === current));
    };
  }

  const updateChart = drawChart();

  function show(index) {
    current = Math.min(Math.max(index, 0), steps.length - 1);
    const step = steps[current], title = say("of", step.step, run["steps-planned"]);
    const numbers = say("numbers", number(step.sigma), percent(step.confidence), step.changed, step.tokens.length);
    find("now").textContent = `${title}: ${numbers}`;
    find("scrubber").value = current + 1;
    find("scrubber").setAttribute("aria-valuetext", title);
    find("chart").setAttribute("aria-label", `${words.chart}. ${title}: ${numbers}`);
    find("first").disabled = find("back").disabled = current === 0;
    find("last").disabled = find("on").disabled = current === steps.length - 1;
    showText(step);
    showToken();
    updateChart();
  }

  function name(id, text) {
    find(id).setAttribute("aria-label", text);
    find(id).title = text;
  }

  function setPlay(text, picture) {
    name("play", text);
    find("play").querySelector("path").setAttribute("d", picture);
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    setPlay(words.play, "M4 2v12l10-6z");
    find("now").setAttribute("aria-live", "polite");
  }

  function play() {
    if (current === steps.length - 1) show(0);
    timer = setInterval(() => {
      show(current + 1);
      if (current === steps.length - 1) pause();
    }, EVERY);
    setPlay(words.pause, "M3 2h4v12H3zM9 2h4v12H9z");
    find("now").setAttribute("aria-live", "off"); // five steps a second are not for reading out
  }

  const toggle = () => timer ? pause() : play();
  const go = (index) => { pause(); show(index); };

  function start() {
    for (const node of document.querySelectorAll("[data-words]")) node.textContent = words[node.dataset.words];
    for (const node of document.querySelectorAll("[hidden]")) node.removeAttribute("hidden"); // pictures have no property of that name
    for (const id of ["first", "back", "on", "last"]) name(id, words[id]);
    name("play", words.play);
    name("scrubber", words.step);
    find("text").setAttribute("aria-label", words.text);
    find("scrubber").max = steps.length;
    const facts = find("facts").querySelector("dl");
    const tell = (title, value) => { if (value) { add(facts, "dt", title); add(facts, "dd", value); } };
    tell(words.model, run.model.name);
    tell(words.file, run.model.file);
    tell("SHA-256", run.model.sha256);
    for (const fact of words.facts) tell(fact.title, fact.words);

    find("play").addEventListener("click", toggle);
    find("first").addEventListener("click", () => go(0));
    find("back").addEventListener("click", () => go(current - 1));
    find("on").addEventListener("click", () => go(current + 1));
    find("last").addEventListener("click", () => go(steps.length - 1));
    find("scrubber").addEventListener("input", (event) => go(event.target.value - 1));
    find("text").addEventListener("click", (event) => {
      if (event.target.dataset.index === undefined) return;
      pause();
      chosen = Number(event.target.dataset.index);
      show(current);
    });
    const forward = document.documentElement.dir === "rtl" ? -1 : 1;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const keys = {
        " ": toggle,
        ArrowLeft: () => go(current - forward),
        ArrowRight: () => go(current + forward),
        Home: () => go(0),
        End: () => go(steps.length - 1),
      };
      const own = event.target.closest("button, summary"); // which the space bar presses
      if (!keys[event.key] || (event.key === " " && own)) return;
      event.preventDefault();
      keys[event.key]();
    });
    show(current);
  }

  start();
})();
