/* The filter: hides what does not match, and groups in which nothing is left. */
(() => {
  "use strict";

  const { all, grouped } = isocenter;

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

  all("[data-filter]").forEach(startFilter);
})();
