/* Leafing through images: what a key and the wheel do. */
(() => {
  "use strict";

  const { clamp, plain } = isocenter;

  /* Which image a key leads to; null for other keys. */
  const byKey = (key, index, count) => {
    const page = Math.max(1, Math.round(count / 10));
    const ways = {
      ArrowRight: index + 1,
      ArrowDown: index + 1,
      ArrowLeft: index - 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: count - 1,
    };
    return Object.hasOwn(ways, key) ? clamp(ways[key], 0, count - 1) : null;
  };

  /* Who is scrolling down the page goes on scrolling when a picture comes along. */
  let lastScroll = -Infinity;
  window.addEventListener("scroll", (event) => (lastScroll = event.timeStamp), { passive: true });
  const isScrolling = (event) => event.timeStamp - lastScroll < 250;

  const STEP = 40; // pixels of wheel travel for one image

  /* The wheel leafs through images; at the first and the last one it scrolls the page. */
  const wheelThrough = (stage, { index, count, show }) => {
    let travel = 0;
    stage.addEventListener(
      "wheel",
      (event) => {
        if (!plain(event) || isScrolling(event)) return;
        const down = event.deltaY > 0;
        if (index() === (down ? count() - 1 : 0)) return;
        event.preventDefault();
        travel += event.deltaMode === 0 ? event.deltaY : Math.sign(event.deltaY) * STEP;
        const steps = Math.trunc(travel / STEP);
        travel -= steps * STEP;
        if (steps) show(index() + clamp(steps, -3, 3));
      },
      { passive: false },
    );
  };

  Object.assign(isocenter, { byKey, wheelThrough });
})();
