/* From pointers to leafing, panning and zooming: mouse, pen and fingers. */
(() => {
  "use strict";

  const { plain } = isocenter;
  const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const distance = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y) || 1;

  /*
   * One pointer leafs; the middle button, Shift and a pointer, or two fingers pan; two fingers
   * that part zoom. acts: begin(), leaf(dx, dy), pan(dx, dy), zoom(factor, point).
   */
  const watchPointers = (screen, acts) => {
    const down = new Map();
    let pans = false;

    const at = ({ clientX, clientY }) => {
      const box = screen.getBoundingClientRect();
      return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
    };
    const pinch = (before, after) => {
      const [from, to] = [middle(before), middle(after)];
      acts.zoom(distance(after) / distance(before), from);
      acts.pan(to.x - from.x, to.y - from.y);
    };

    screen.addEventListener("pointerdown", (event) => {
      if (event.button > 1 || down.size === 2) return;
      pans = event.button === 1 || event.shiftKey;
      down.set(event.pointerId, at(event));
      screen.setPointerCapture(event.pointerId);
      acts.begin();
    });
    screen.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
    screen.addEventListener("pointermove", (event) => {
      const before = down.get(event.pointerId);
      if (!before) return;
      const points = [...down.values()];
      const now = at(event);
      down.set(event.pointerId, now);
      if (down.size === 2) pinch(points, [...down.values()]);
      else acts[pans ? "pan" : "leaf"](now.x - before.x, now.y - before.y);
    });
    const up = (event) => {
      down.delete(event.pointerId);
      acts.begin();
    };
    screen.addEventListener("pointerup", up);
    screen.addEventListener("pointercancel", up);

    screen.addEventListener("dblclick", (event) => acts.toggle(at(event)));
    screen.addEventListener(
      "wheel",
      (event) => {
        if (plain(event) || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        acts.zoom(Math.exp(-event.deltaY / 400), at(event));
      },
      { passive: false },
    );
  };

  isocenter.watchPointers = watchPointers;
})();
