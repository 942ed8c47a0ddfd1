(() => {
  "use strict";

  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const grouped = (count) => count.toLocaleString("en-US");

  /* ---- The ReV viewer: an example below library-anon/ belongs to the viewer above it. */

  const toViewer = () => {
    const { year, month, example } = root.dataset;
    const address = location.href.split(/[?#]/)[0];
    const at = address.lastIndexOf("/library-anon/");
    // A query means that the viewer's address led back here: going on would never end.
    if (!example || at < 0 || location.search) return false;
    location.replace(`${address.slice(0, at + 1)}?${new URLSearchParams({ year, month, example })}`);
    return true;
  };

  /* ---- A strip of square tiles behind a frame that shows one of them. */

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
    return key in ways ? clamp(ways[key], 0, count - 1) : null;
  };

  const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

  /* ---- Month page: thumbnails. */

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

  /* ---- Study page and panel: one large stage with a slider. */

  const startViewer = (viewer, { url, count, start, natives = [], link = null }) => {
    const stage = viewer.querySelector(".stage");
    const still = stage.querySelector(".still");
    const slider = viewer.querySelector("input");
    const position = viewer.querySelector("[data-position]");
    const strip = openStrip(stage, url, count, start);
    let settled = 0;

    const sharpen = () => {
      const at = strip.index;
      const image = new Image();
      image.src = natives[at];
      image.decode().then(
        () => {
          if (at !== strip.index) return;
          still.src = image.src;
          still.decode().then(() => at === strip.index && strip.rest(at), () => {});
        },
        () => {}, // the tile of the strip stays
      );
    };
    const tell = () => {
      const text = `Image ${grouped(strip.index + 1)} of ${grouped(count)}`;
      position.textContent = text;
      slider.value = String(strip.index + 1);
      slider.setAttribute("aria-valuetext", text);
      if (link && natives.length) link.href = natives[strip.index];
    };
    const show = (index) => {
      if (clamp(index, 0, count - 1) === strip.index) return;
      strip.show(index);
      tell();
      clearTimeout(settled);
      if (natives.length) settled = setTimeout(sharpen, 200);
    };

    slider.addEventListener("input", () => show(Number(slider.value) - 1));
    if (count > 1) {
      stage.classList.add("movable");
      dragThrough(stage, strip, show, slider);
      wheelThrough(stage, strip, show);
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

  let lastScroll = -Infinity;
  const STEP = 40; // pixels of wheel travel for one image

  const wheelThrough = (stage, strip, show) => {
    let travel = 0;
    stage.addEventListener(
      "wheel",
      (event) => {
        // Who is scrolling down the page goes on scrolling when a picture comes along.
        if (!plain(event) || event.timeStamp - lastScroll < 250) return;
        const down = event.deltaY > 0;
        if (strip.index === (down ? strip.count - 1 : 0)) return;
        event.preventDefault();
        travel += event.deltaMode === 0 ? event.deltaY : Math.sign(event.deltaY) * STEP;
        const steps = Math.trunc(travel / STEP);
        travel -= steps * STEP;
        if (steps) show(strip.index + clamp(steps, -3, 3));
      },
      { passive: false },
    );
  };

  const startStudy = (viewer) => {
    const about = viewer.parentElement;
    startViewer(viewer, {
      url: viewer.dataset.strip,
      count: Number(viewer.dataset.shown),
      start: Number(viewer.dataset.start),
      natives: all("[data-images] a", about).map((link) => link.href),
      link: about.querySelector("[data-native]"),
    });
  };

  /* ---- Month page: the panel with the large strip and the tags. */

  const tagFrame = (url, title) => {
    // A new frame each time leaves no entry in the history; fetch would fail from file://.
    const frame = document.createElement("iframe");
    frame.className = "tag-text";
    frame.title = `DICOM tags of ${title}`;
    frame.setAttribute("sandbox", "");
    frame.src = url;
    return frame;
  };

  const openPanel = (button, share = null) => {
    const { panel: title, strip: url, example, still } = button.dataset;
    const [count, total, start] = ["shown", "total", "start"].map((key) => Number(button.dataset[key]));
    const dialog = document.getElementById("panel").content.firstElementChild.cloneNode(true);
    const part = (selector) => dialog.querySelector(selector);

    part("[data-title]").textContent = title;
    part("[data-open]").href = example;
    part("[data-tags]").append(tagFrame(button.href, title));
    Object.assign(part(".still"), { src: still, alt: `${title}, middle image` });
    Object.assign(part("input"), { max: String(count), ariaLabel: `Image of ${title}` });
    if (count < total) {
      part("[data-notice]").hidden = false;
      part("[data-notice]").textContent = `${grouped(count)} of ${grouped(total)} frames in the strip`;
    }
    part("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => dialog.remove());

    document.body.append(dialog);
    const viewer = startViewer(part("[data-viewer]"), { url, count, start });
    dialog.showModal();
    part(count > 1 ? "input" : "[data-close]").focus();
    if (share !== null) viewer.show(Math.floor(share * count));
  };

  const startPanelButton = (button) => {
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", (event) => {
      if (!plain(event)) return;
      event.preventDefault();
      openPanel(button);
    });
  };

  /* ---- The filter: hides what does not match, and groups in which nothing is left. */

  const startFilter = (form) => {
    const items = all("[data-item]").map((item) => ({
      item,
      text: item.dataset.search.toLowerCase(),
      modalities: item.dataset.modality.split("\n"),
    }));
    const groups = all("[data-group]");
    const nothing = document.querySelector("[data-nothing]");
    const found = form.querySelector("[data-found]");
    const { text, modality } = form.elements;

    const apply = () => {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = modality ? modality.value : "";
      let count = 0;
      for (const entry of items) {
        const fits = words.every((word) => entry.text.includes(word));
        const shown = fits && (!wanted || entry.modalities.includes(wanted));
        entry.item.hidden = !shown;
        count += shown;
      }
      for (const group of groups) group.hidden = !group.querySelector("[data-item]:not([hidden])");
      nothing.hidden = count > 0;
      const active = words.length || wanted;
      found.textContent = active ? `${grouped(count)} of ${grouped(items.length)} ${form.dataset.noun}` : "";
    };

    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("pageshow", apply); // the way back restores what was typed
  };

  /* ---- A link to the findings opens their fold. */

  const unfold = () => {
    const target = location.hash === "#findings" && document.getElementById("findings");
    if (!target) return;
    target.closest("details").open = true;
    target.closest("section").scrollIntoView();
  };

  const start = () => {
    window.addEventListener("scroll", (event) => (lastScroll = event.timeStamp), { passive: true });
    window.addEventListener("hashchange", unfold);
    all("[data-thumb]").forEach(startThumb);
    all("[data-panel]").forEach(startPanelButton);
    all("[data-viewer][data-strip]").forEach(startStudy);
    all("[data-filter]").forEach(startFilter);
    unfold();
  };

  if (!toViewer()) start();
})();
