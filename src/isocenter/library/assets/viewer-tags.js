/* The tag panel: the text of the first image's data set, and a search through its lines. */
(() => {
  "use strict";

  const { grouped, load } = isocenter;

  const openTags = (panel, button) => {
    const part = (name) => panel.querySelector(`[data-${name}]`);
    const [title, search, text, found, file] = ["title", "search", "text", "found", "file"].map(part);
    const known = new Map();
    let series = null;
    let lines = [];

    const filter = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (line) => words.every((word) => line.toLowerCase().includes(word));
      const left = lines.filter(fits);
      text.textContent = left.join("\n");
      found.textContent = words.length
        ? `${grouped(left.length)} of ${grouped(lines.length)} lines`
        : `${grouped(lines.length)} lines`;
    };
    const fill = async () => {
      const wanted = series;
      if (!known.has(wanted.tags)) known.set(wanted.tags, load(wanted.tags));
      const got = await known.get(wanted.tags).catch(() => {
        known.delete(wanted.tags);
        return null;
      });
      if (wanted !== series) return;
      lines = (got || []).map((line) => line.replace(/(\S) {2,}/, "$1  ")); // not in columns here
      filter();
      if (!got) found.textContent = "The tags could not be loaded.";
    };
    const use = (next) => {
      if (next === series) return;
      series = next;
      title.textContent = `Tags of the first image of ${series.title}`;
      file.href = series.tagsText;
      if (!panel.hidden) fill();
    };
    const toggle = () => {
      panel.hidden = !panel.hidden;
      button.setAttribute("aria-expanded", String(!panel.hidden));
      if (panel.hidden) return button.focus();
      fill();
      return search.focus();
    };

    button.addEventListener("click", toggle);
    part("close").addEventListener("click", toggle);
    panel.addEventListener("keydown", (event) => event.key === "Escape" && toggle());
    search.addEventListener("input", filter);
    return { use, toggle };
  };

  isocenter.openTags = openTags;
})();
