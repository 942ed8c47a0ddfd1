/* Thumbnails that leaf through their strip. */
(() => {
  "use strict";

  const { all, byKey, clamp, grouped, openPanel, openStrip, plain } = isocenter;

  const announce = (text) => {
    const line = document.querySelector("[data-announce]");
    if (line) line.textContent = text;
  };

  const leafThrough = (link) => {
    const count = Number(link.dataset.shown);
    const start = Number(link.dataset.start);
    const strip = openStrip(link, link.dataset.strip, count, start);
    const position = link.querySelector("[data-position]");
    const bar = link.querySelector(".bar");
    let from = null;
    let dragged = false;

    const show = (index) => {
      strip.show(index);
      position.textContent = `${grouped(strip.index + 1)} / ${grouped(count)}`;
      bar.style.transform = `scaleX(${(strip.index + 1) / count})`;
    };
    const rest = () => {
      strip.rest(start);
      position.textContent = grouped(count);
      bar.style.transform = "";
    };
    const showAt = (x) => {
      const box = link.getBoundingClientRect();
      show(clamp(Math.floor(((x - box.left) / box.width) * count), 0, count - 1));
    };

    link.addEventListener("pointerdown", (event) => {
      dragged = false;
      from = event.pointerType === "mouse" ? null : event.clientX;
    });
    link.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse") return showAt(event.clientX);
      if (from === null || (!dragged && Math.abs(event.clientX - from) < 6)) return undefined;
      dragged = true;
      return showAt(event.clientX);
    });
    link.addEventListener("pointerup", () => (from = null));
    link.addEventListener("pointercancel", () => (from = null));
    link.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && rest());
    link.addEventListener("blur", rest);
    link.addEventListener("dragstart", (event) => event.preventDefault());
    link.addEventListener("keydown", (event) => {
      const next = plain(event) ? byKey(event.key, strip.index, count) : null;
      if (next === null) return;
      event.preventDefault();
      show(next);
      announce(`Image ${grouped(next + 1)} of ${grouped(count)}`);
    });
    return { strip, wasDragged: () => dragged };
  };

  // A click goes to the example only after the time a second click would need.
  const DOUBLE_CLICK = 250;

  const startThumb = (link) => {
    const { strip, wasDragged } = leafThrough(link);
    const button = link.closest("[data-item]").querySelector("[data-panel]");
    const open = () => button && openPanel(button, strip.index / strip.count);
    let waiting = 0;

    link.addEventListener("click", (event) => {
      if (!plain(event) || event.detail === 0) return;
      event.preventDefault();
      if (wasDragged()) return;
      if (waiting) {
        clearTimeout(waiting);
        waiting = 0;
        open();
        return;
      }
      waiting = setTimeout(() => {
        waiting = 0;
        location.href = link.href;
      }, DOUBLE_CLICK);
    });
    link.addEventListener("keydown", (event) => {
      if (plain(event) && event.key.toLowerCase() === "t") open();
    });
  };

  isocenter.startThumb = startThumb;
  all("[data-thumb]").forEach(startThumb);
})();
