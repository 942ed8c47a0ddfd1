/* One pane: a series, which of its images is shown, and how large. */
(() => {
  "use strict";

  const { clamp, grouped, openImages, watchPointers, wheelThrough } = isocenter;
  const MOST = 16; // times the fitting size
  const LEAST_DRAG = 4; // pixels of dragging for one image

  const openPane = (element, { changed, entered }) => {
    const part = (name) => element.querySelector(`[data-${name}]`);
    const [screen, film, slider, said] = ["screen", "film", "slider", "said"].map(part);
    const state = { series: null, images: null, window: 0, wanted: 0, shown: null };
    const view = { zoom: 1, x: 0, y: 0 };
    let rest = 0; // of a drag that was too short for an image

    /* ---- Which image */

    const count = () => state.series.frames.length;
    const isAt = (index) => `Slice ${grouped(index + 1)} of ${grouped(count())}`;

    const tell = (text) => {
      said.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    };
    const describe = (index) => {
      const { edges, aspect } = state.series.views[state.series.view[index]];
      const image = film.firstElementChild;
      const ratio = image ? image.naturalWidth / (image.naturalHeight * aspect) : 1;
      film.style.setProperty("--ratio", String(ratio));
      ["left", "top", "right", "bottom"].forEach((side, n) => {
        part(side).textContent = image ? edges[n] || "" : "";
      });
    };
    /* What is written is what is seen: until an image is there, the one before it is told. */
    const put = (index, image) => {
      if (image) image.alt = `${state.series.title}, ${isAt(index)}`;
      film.replaceChildren(...(image ? [image] : []));
      state.shown = index;
      element.removeAttribute("aria-busy");
      describe(index);
      tell(image ? isAt(index) : `${isAt(index)} cannot be shown`);
      changed(pane);
    };
    const show = async (index) => {
      const { images, wanted } = state;
      state.wanted = clamp(index, 0, count() - 1);
      slider.value = String(state.wanted + 1);
      element.setAttribute("aria-busy", "true");
      const target = state.wanted;
      const image = await images.get(target).catch(() => null);
      if (images !== state.images || target !== state.wanted) return;
      put(target, image);
      images.near(target, target < wanted ? -1 : 1);
    };
    const folder = () => {
      const { series, window } = state;
      return window ? series.windows[window - 1].folder : series.folder;
    };
    const useWindow = (window) => {
      state.window = clamp(window, 0, state.series.windows.length);
      state.images = openImages(state.series.frames.map((name) => folder() + name));
      return show(state.wanted);
    };
    const useSeries = (series) => {
      Object.assign(state, { series, wanted: series.middle, shown: null });
      part("title").textContent = series.title;
      part("modality").textContent = series.modality;
      element.setAttribute("aria-label", `Pane with ${series.title}`);
      slider.setAttribute("aria-label", `Slice of ${series.title}`);
      Object.assign(slider, { max: String(count()), disabled: count() < 2 });
      film.replaceChildren();
      describe(series.middle);
      tell("Loading");
      fit();
      return useWindow(0);
    };
    const leaf = (index) => {
      const from = state.wanted;
      const ready = show(index);
      if (state.wanted !== from) entered.moved(pane, state.wanted - from);
      return ready;
    };

    /* ---- How large */

    const place = () => {
      const room = (size) => (size * (view.zoom - 1)) / 2 + (view.zoom > 1 ? size / 4 : 0);
      view.x = clamp(view.x, -room(screen.clientWidth), room(screen.clientWidth));
      view.y = clamp(view.y, -room(screen.clientHeight), room(screen.clientHeight));
      film.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
      part("zoom").textContent = view.zoom === 1 ? "" : `${Math.round(view.zoom * 100)} %`;
    };
    const zoom = (factor, point = { x: 0, y: 0 }) => {
      const before = view.zoom;
      view.zoom = clamp(before * factor, 1, MOST);
      const share = view.zoom / before;
      view.x = point.x - (point.x - view.x) * share;
      view.y = point.y - (point.y - view.y) * share;
      place();
    };
    const pan = (dx, dy) => {
      view.x += dx;
      view.y += dy;
      place();
    };
    const fit = () => {
      Object.assign(view, { zoom: 1, x: 0, y: 0 });
      place();
    };

    /* ---- By hand */

    const drag = (dx, dy) => {
      const each = Math.max(LEAST_DRAG, screen.clientHeight / count());
      rest += dx + dy;
      const steps = Math.trunc(rest / each);
      rest -= steps * each;
      if (steps) leaf(state.wanted + steps);
    };
    watchPointers(screen, {
      begin() {
        rest = 0;
        slider.focus({ preventScroll: true });
      },
      leaf: drag,
      pan,
      zoom,
      toggle: (point) => (view.zoom > 1 ? fit() : zoom(2, point)),
    });
    wheelThrough(screen, { index: () => state.wanted, count, show: leaf });
    slider.addEventListener("input", () => leaf(Number(slider.value) - 1));
    element.addEventListener("focusin", () => entered.focus(pane));

    const pane = { element, state, view, slider, show, leaf, useSeries, useWindow, zoom, pan, fit, count };
    return pane;
  };

  isocenter.openPane = openPane;
})();
