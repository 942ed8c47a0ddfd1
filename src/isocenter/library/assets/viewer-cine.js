/* Cine: image after image at a chosen speed, the next one only when this one is there. */
(() => {
  "use strict";

  const { clamp } = isocenter;
  const [SLOWEST, FASTEST] = [0.5, 60];

  const openCine = (button, speed, active) => {
    let run = 0; // a number for each start; a run that is not the last one ends

    const rate = () => clamp(Number(speed.value) || SLOWEST, SLOWEST, FASTEST);
    const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
    const say = (playing) => {
      button.setAttribute("aria-pressed", String(playing));
      button.querySelector("[data-word]").textContent = playing ? "Pause" : "Play";
    };
    const play = async () => {
      const mine = ++run;
      const pane = active();
      say(true);
      while (mine === run && pane.element.isConnected && pane.count() > 1) {
        const next = pane.state.wanted + 1 < pane.count() ? pane.state.wanted + 1 : 0;
        await Promise.all([pane.leaf(next), pause(1000 / rate())]);
      }
      if (mine === run) stop();
    };
    const stop = () => {
      run += 1;
      say(false);
    };
    const isPlaying = () => button.getAttribute("aria-pressed") === "true";
    const toggle = () => (isPlaying() ? stop() : play());
    const change = (factor) => (speed.value = String(clamp(Math.round(rate() * factor), 1, FASTEST)));

    button.addEventListener("click", toggle);
    return { stop, toggle, change };
  };

  isocenter.openCine = openCine;
})();
