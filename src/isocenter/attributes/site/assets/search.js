/* The search: tag, keyword, name. Exact first, then what begins so, then what contains it, then all words. */
(() => {
  "use strict";

  const { grouped, make, nodes, standard } = isocenter;
  const MOST = 60;

  const squeezed = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const entries = [
    ...standard.attributes.map((row) => ({
      keys: [row.id.toLowerCase(), row.keyword.toLowerCase(), squeezed(row.name)],
      name: row.name.toLowerCase(),
      hash: row.keyword && !row.repeating ? row.keyword : row.id,
      row,
    })),
    ...[...standard.iods.values()].map((iod) => ({ keys: [iod.key, squeezed(iod.name)], name: iod.name.toLowerCase(), hash: iod.key, kind: "IOD", title: iod.name })),
    ...[...standard.modules.values()].map((module) => ({
      keys: [module.key, squeezed(module.name)],
      name: module.name.toLowerCase(),
      hash: nodes.placeOf(module, []),
      kind: "Module",
      title: module.name,
    })),
  ];

  /* 0: exact, 1: begins so, 2: contains it, 3: has all the words; -1: not found. */
  const rank = (entry, wanted, words) => {
    let best = 4;
    for (const key of entry.keys) {
      const at = key.indexOf(wanted);
      if (at < 0) continue;
      if (at > 0) best = Math.min(best, 2);
      else if (key.length > wanted.length) best = Math.min(best, 1);
      else return 0;
    }
    if (best < 4) return best;
    return words.length > 1 && words.every((word) => entry.name.includes(word)) ? 3 : -1;
  };

  const find = (text) => {
    const wanted = squeezed(text);
    if (!wanted) return { found: [], total: 0 };
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const ranks = [[], [], [], []];
    for (const entry of entries) {
      const place = rank(entry, wanted, words);
      if (place >= 0) ranks[place].push(entry);
    }
    const inUse = (one) => (one.row && one.row.retired ? 1 : 0);
    const all = ranks.flatMap((rank) => rank.sort((one, other) => inUse(one) - inUse(other)));
    return { found: all.slice(0, MOST), total: all.length };
  };

  const tagShown = (id) => `(${id.slice(0, 4)},${id.slice(4)})`;
  const option = (entry, number) => {
    const { row } = entry;
    const parts = row
      ? [make("span.tag", tagShown(row.id)), make("span.name", row.name), make("span.keyword", row.keyword), make("span.chip", row.vr), row.retired && make("span.badge.warning", "retired")]
      : [make("span.tag", entry.kind), make("span.name", entry.title)];
    return make("li", { role: "option", id: `found-${number}`, "aria-selected": "false", "data-hash": entry.hash }, parts);
  };

  /* The field with its list: typed into, arrows choose, Enter and clicks go there, Escape leaves. */
  const startSearch = (form, go) => {
    const [input, box, told] = ["input", "[role=listbox]", "[data-told]"].map((one) => form.querySelector(one));
    let chosen = -1;

    const choose = (place) => {
      const options = [...box.children];
      chosen = options.length ? (place + options.length) % options.length : -1;
      options.forEach((one, number) => one.setAttribute("aria-selected", String(number === chosen)));
      if (chosen < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options[chosen].id);
      return options[chosen].scrollIntoView({ block: "nearest" });
    };
    const close = () => {
      box.hidden = true;
      input.setAttribute("aria-expanded", "false");
      choose(-1);
      input.removeAttribute("aria-activedescendant");
    };
    const show = () => {
      const { found, total } = find(input.value);
      box.replaceChildren(...found.map(option));
      box.hidden = !found.length;
      input.setAttribute("aria-expanded", String(found.length > 0));
      const typed = input.value.trim() !== "";
      told.textContent = !typed ? "" : total > found.length ? `First ${found.length} of ${grouped(total)}` : total ? `${grouped(total)} found` : "Nothing found";
      chosen = -1;
      if (found.length) choose(0);
    };
    const leave = (hash) => {
      close();
      told.textContent = "";
      go(hash);
    };

    input.addEventListener("input", show);
    input.addEventListener("focus", () => input.value && box.hidden && show());
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && box.children.length) {
        event.preventDefault();
        if (box.hidden) show();
        else choose(chosen + step);
      } else if (event.key === "Escape") {
        if (box.hidden) input.value = "";
        close();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const tags = nodes.tagsOf(input.value);
      if (!box.hidden && box.children[chosen]) leave(box.children[chosen].dataset.hash);
      else if (tags) leave(tags.map(standard.nameOf).join("."));
    });
    box.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    box.addEventListener("click", (event) => {
      const one = event.target.closest("[role=option]");
      if (one) leave(one.dataset.hash);
    });
    form.addEventListener("focusout", (event) => !form.contains(event.relatedTarget) && close());
  };

  isocenter.search = { find, startSearch };
})();
