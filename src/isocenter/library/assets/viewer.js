/* The study's viewer: one to four panes, the shelf of series, and what the tools do. */
(() => {
  "use strict";

  const { all, byKey, clamp, data, openCine, openPane, openTags } = isocenter;
  const ASSUMED = 10; // images per second where the data tell none
  const PAN = 40;
  const ZOOM = 1.25;

  const start = (bench, study) => {
    const part = (name) => bench.querySelector(`[data-${name}]`);
    const grid = part("panes");
    const template = document.getElementById("pane").content.firstElementChild;
    const panes = [];
    let active = null;
    let isLinked = true;

    const tags = openTags(part("tag-panel"), part("tags"));
    const cine = openCine(part("play"), part("speed"), () => active);

    /* ---- The tools follow the active pane */

    const fillWindows = ({ series, window }) => {
      const names = ["As the file says", ...series.windows.map((one) => one.name)];
      part("window").replaceChildren(...names.map((name, n) => new Option(name, String(n))));
      part("window").value = String(window);
    };
    const fillSpeed = ({ series }) => {
      part("speed").value = String(series.rate || ASSUMED);
      part("speed-source").textContent = series.rate ? "as the data say" : "assumed";
    };
    const fillLinks = ({ series, window, shown }) => {
      if (shown === null) return;
      const file = series.files[series.file[shown]];
      part("dicom").hidden = !file;
      if (file) part("dicom").href = file;
      const folder = window ? series.windows[window - 1].folder : series.folder;
      part("jpeg").href = folder + series.frames[shown];
    };
    const mark = () => {
      panes.forEach((pane) => pane.element.classList.toggle("active", pane === active));
      for (const button of all("[data-series]", bench)) {
        const chosen = study[Number(button.dataset.series)] === active.state.series;
        button.setAttribute("aria-pressed", String(chosen));
      }
    };
    const follow = () => {
      const { state } = active;
      fillWindows(state);
      fillSpeed(state);
      fillLinks(state);
      tags.use(state.series);
      mark();
    };
    const activate = (pane) => {
      if (pane === active) return;
      cine.stop();
      active = pane;
      follow();
    };

    /* ---- Linked scrolling: to the same place in the patient, else by as many images */

    const placed = ({ series, wanted }) => {
      const { plane } = series.views[series.view[wanted]];
      return { plane, place: series.places[wanted] };
    };
    const nearest = (series, { plane, place }) => {
      let best = -1;
      series.places.forEach((other, n) => {
        if (other === null || series.views[series.view[n]].plane !== plane) return;
        if (best < 0 || Math.abs(other - place) < Math.abs(series.places[best] - place)) best = n;
      });
      return best;
    };
    const moved = (pane, steps) => {
      if (!isLinked) return;
      const here = placed(pane.state);
      for (const other of panes) {
        if (other === pane) continue;
        const same = here.place === null || here.plane === null ? -1 : nearest(other.state.series, here);
        other.show(same < 0 ? other.state.wanted + steps : same);
      }
    };

    /* ---- Panes and the series in them */

    const unseen = () => {
      const seen = panes.map((pane) => pane.state.series);
      return study.find((series) => !seen.includes(series)) || study[0];
    };
    const addPane = (series) => {
      const element = template.cloneNode(true);
      const pane = openPane(element, {
        changed: (one) => one === active && fillLinks(one.state),
        entered: { moved, focus: activate },
      });
      grid.append(element);
      panes.push(pane);
      pane.useSeries(series);
      return pane;
    };
    const setCount = (count) => {
      while (panes.length > count) panes.pop().element.remove();
      while (panes.length < count) addPane(unseen());
      grid.dataset.panes = String(count);
      part("count").value = String(count);
      if (!panes.includes(active)) active = null;
      activate(active || panes[0]);
      panes.forEach((pane) => pane.fit());
    };
    const choose = (number) => {
      cine.stop();
      active.useSeries(study[(number + study.length) % study.length]);
      follow();
    };
    const setLinked = (linked) => {
      isLinked = linked;
      part("link").setAttribute("aria-pressed", String(linked));
    };
    const setWindow = (number) => {
      active.useWindow(number);
      part("window").value = String(active.state.window);
    };

    /* ---- Keys, while something in a pane has the focus */

    const current = () => study.indexOf(active.state.series);
    const windows = () => active.state.series.windows.length + 1;
    const keys = {
      "+": () => active.zoom(ZOOM),
      "=": () => active.zoom(ZOOM),
      "-": () => active.zoom(1 / ZOOM),
      0: () => active.fit(),
      " ": () => cine.toggle(),
      "[": () => cine.change(0.8),
      "]": () => cine.change(1.25),
      l: () => setLinked(!isLinked),
      n: () => choose(current() + 1),
      p: () => choose(current() - 1),
      t: () => tags.toggle(),
      w: () => setWindow((active.state.window + 1) % windows()),
      1: () => setCount(1),
      2: () => setCount(2),
      3: () => setCount(3),
      4: () => setCount(4),
    };
    const pans = {
      ArrowLeft: () => active.pan(PAN, 0),
      ArrowRight: () => active.pan(-PAN, 0),
      ArrowUp: () => active.pan(0, PAN),
      ArrowDown: () => active.pan(0, -PAN),
    };
    const actOf = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return null;
      if (event.shiftKey && pans[event.key]) return pans[event.key];
      const next = event.shiftKey ? null : byKey(event.key, active.state.wanted, active.count());
      return next === null ? keys[event.key.toLowerCase()] : () => active.leaf(next);
    };
    grid.addEventListener("keydown", (event) => {
      const act = actOf(event);
      if (!act) return;
      event.preventDefault();
      act();
      if (!bench.contains(document.activeElement)) active.slider.focus({ preventScroll: true });
    });

    /* ---- Buttons */

    part("count").addEventListener("change", () => setCount(Number(part("count").value)));
    part("window").addEventListener("change", () => setWindow(Number(part("window").value)));
    part("link").addEventListener("click", () => setLinked(!isLinked));
    part("zoom-in").addEventListener("click", () => active.zoom(ZOOM));
    part("zoom-out").addEventListener("click", () => active.zoom(1 / ZOOM));
    part("fit").addEventListener("click", () => active.fit());
    for (const button of all("[data-series]", bench)) {
      button.addEventListener("click", () => choose(Number(button.dataset.series)));
    }

    /* ---- Which series an address asks for */

    const asked = () => study.findIndex(({ id }) => `#${id}` === location.hash);
    const openAsked = () => {
      if (asked() < 0) return;
      choose(asked());
      bench.scrollIntoView({ block: "nearest" });
    };
    window.addEventListener("hashchange", openAsked);

    addPane(study[clamp(asked(), 0, study.length - 1)]);
    setCount(1);
  };

  const bench = document.querySelector("[data-bench]");
  if (!bench || isocenter.leaving) return;
  if (data.study && data.study.length) start(bench, data.study);
  else bench.hidden = true;
})();
