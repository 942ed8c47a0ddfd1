/* A strip of square tiles behind a frame that shows one of them. */
(() => {
  "use strict";

  const { clamp } = isocenter;

  const openStrip = (frame, url, count, start) => {
    let index = start;
    let image = null;
    const load = () => {
      image = new Image();
      image.className = "strip";
      image.alt = "";
      image.draggable = false;
      image.style.height = `${count * 100}%`;
      image.addEventListener("error", () => image.remove());
      image.src = url;
      frame.append(image);
    };
    return {
      count,
      get index() {
        return index;
      },
      show(next) {
        if (!image) load();
        index = clamp(next, 0, count - 1);
        image.hidden = false;
        image.style.transform = `translateY(${(-100 * index) / count}%)`;
      },
      rest(at) {
        index = at;
        if (image) image.hidden = true;
      },
    };
  };

  isocenter.openStrip = openStrip;
})();
