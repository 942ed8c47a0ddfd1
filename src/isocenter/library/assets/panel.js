/* The panel with the large strip and the tags. */
(() => {
  "use strict";

  const { all, grouped, plain, startViewer } = isocenter;

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

  Object.assign(isocenter, { openPanel, startPanelButton });
  all("[data-panel]").forEach(startPanelButton);
})();
