/* A strip on a large stage, with a slider. */
(() => {
  "use strict";

  const { clamp, grouped, openStrip, wheelThrough } = isocenter;

  const startViewer = (viewer, { url, count, start }) => {
    const stage = viewer.querySelector(".stage");
    const slider = viewer.querySelector("input");
    const position = viewer.querySelector("[data-position]");
    const strip = openStrip(stage, url, count, start);

    const tell = () => {
      const text = `Image ${grouped(strip.index + 1)} of ${grouped(count)}`;
      position.textContent = text;
      slider.value = String(strip.index + 1);
      slider.setAttribute("aria-valuetext", text);
    };
    const show = (index) => {
      if (clamp(index, 0, count - 1) === strip.index) return;
      strip.show(index);
      tell();
    };

    slider.addEventListener("input", () => show(Number(slider.value) - 1));
    if (count > 1) {
      stage.classList.add("movable");
      dragThrough(stage, strip, show, slider);
      wheelThrough(stage, { index: () => strip.index, count: () => count, show });
    }
    slider.hidden = count < 2;
    tell();
    return { show };
  };

  const dragThrough = (stage, strip, show, slider) => {
    let from = null;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, index: strip.index };
      stage.setPointerCapture(event.pointerId);
      slider.focus({ preventScroll: true });
    });
    stage.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the slider's focus
    stage.addEventListener("pointermove", (event) => {
      if (!from) return;
      show(from.index + Math.round(((event.clientX - from.x) / stage.clientWidth) * strip.count));
    });
    const end = () => (from = null);
    stage.addEventListener("pointerup", end);
    stage.addEventListener("pointercancel", end);
  };

  isocenter.startViewer = startViewer;
})();
