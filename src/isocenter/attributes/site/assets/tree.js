/* A tree of nodes: rows made when they are first shown, arrows to move, Enter to choose.

   A node has a hash, children() and whatever drawRow shows of it. */
(() => {
  "use strict";

  const { make } = isocenter;

  const startTree = (host, { label, drawRow, choose }) => {
    const items = new WeakMap(); // <li> -> its node
    let rows = 0;
    let current = null;
    let chosen = null;

    const kids = (item) => item.querySelector(":scope > [role=group]");
    const isOpen = (item) => item.getAttribute("aria-expanded") === "true";
    const isParent = (item) => item.hasAttribute("aria-expanded");

    const makeItem = (node, level) => {
      rows += 1;
      const id = `${host.id}-${rows}`;
      const parent = node.grows || node.children().length > 0;
      const row = make("div.row", { id }, make("span.twisty", { "aria-hidden": "true" }), drawRow(node));
      row.style.setProperty("--level", String(level - 1));
      const item = make("li", { role: "treeitem", tabindex: "-1", "aria-level": level, "aria-labelledby": id, "aria-selected": "false", "aria-expanded": parent ? "false" : null }, row);
      items.set(item, node);
      return item;
    };

    const open = (item) => {
      if (!isParent(item) || isOpen(item)) return;
      item.setAttribute("aria-expanded", "true");
      if (kids(item)) {
        kids(item).hidden = false;
        return;
      }
      const level = Number(item.getAttribute("aria-level")) + 1;
      item.append(make("ul", { role: "group" }, items.get(item).children().map((child) => makeItem(child, level))));
    };
    const shut = (item) => {
      if (!isOpen(item)) return;
      item.setAttribute("aria-expanded", "false");
      kids(item).hidden = true;
      if (item !== current && item.contains(current)) focus(item);
    };

    const focus = (item, { quiet = false } = {}) => {
      if (!item) return;
      if (current) current.tabIndex = -1;
      current = item;
      current.tabIndex = 0;
      if (!quiet) current.focus();
    };
    const mark = (item) => {
      if (chosen) chosen.setAttribute("aria-selected", "false");
      chosen = item;
      if (chosen) chosen.setAttribute("aria-selected", "true");
    };
    const visible = () => [...host.querySelectorAll("[role=treeitem]")].filter((item) => item.offsetParent !== null);
    const near = (item, step) => {
      const all = visible();
      return all[Math.min(Math.max(all.indexOf(item) + step, 0), all.length - 1)];
    };

    const PAUSE = 800; // milliseconds without a key, then a name is typed anew
    let typed = "";
    let lastKey = 0;
    const typeAhead = (key, time) => {
      typed = time - lastKey > PAUSE ? key : typed + key;
      lastKey = time;
      const all = visible();
      const from = all.indexOf(current) + (typed.length > 1 ? 0 : 1);
      const fits = (item) => items.get(item).title.toLowerCase().startsWith(typed.toLowerCase());
      focus([...all.slice(from), ...all.slice(0, from)].find(fits));
    };

    const KEYS = {
      ArrowDown: () => focus(near(current, 1)),
      ArrowUp: () => focus(near(current, -1)),
      Home: () => focus(visible()[0]),
      End: () => focus(visible().at(-1)),
      PageDown: () => focus(near(current, 12)),
      PageUp: () => focus(near(current, -12)),
      ArrowRight: () => {
        if (isParent(current) && !isOpen(current)) open(current);
        else if (isOpen(current)) focus(kids(current).firstElementChild);
      },
      ArrowLeft: () => {
        if (isOpen(current)) shut(current);
        else focus(current.parentElement.closest("[role=treeitem]"));
      },
      Enter: () => choose(items.get(current)),
      " ": () => choose(items.get(current)),
    };

    host.addEventListener("keydown", (event) => {
      if (!isocenter.plain(event) && !(event.shiftKey && event.key.length === 1)) return;
      const goesOn = event.key === " " && typed && event.timeStamp - lastKey < PAUSE;
      if (Object.hasOwn(KEYS, event.key) && !goesOn) KEYS[event.key]();
      else if (event.key.length === 1) typeAhead(event.key, event.timeStamp);
      else return;
      event.preventDefault();
    });
    host.addEventListener("click", (event) => {
      const item = event.target.closest("[role=treeitem]");
      if (!item) return;
      focus(item);
      if (event.target.closest(".twisty") && isParent(item)) return isOpen(item) ? shut(item) : open(item);
      if (isOpen(item) && item === chosen) return shut(item);
      open(item);
      return choose(items.get(item));
    });

    /* Opens the way to a node, given as hashes from the root down; null when the tree has no such place. */
    const show = (hashes) => {
      let level = host;
      let item = null;
      for (const hash of hashes) {
        if (item) open(item);
        level = item ? kids(item) : host;
        const next = level && [...level.children].find((one) => items.get(one).hash === hash);
        if (!next) break;
        item = next;
      }
      if (!item) return null;
      mark(item);
      focus(item, { quiet: true });
      item.firstElementChild.scrollIntoView({ block: "nearest" });
      return items.get(item);
    };

    const fill = (nodes) => {
      host.replaceChildren(...nodes.map((node) => makeItem(node, 1)));
      [current, chosen] = [null, null];
      focus(host.firstElementChild, { quiet: true });
    };
    /* Draws every row again, when more is known of the nodes; what grew meanwhile is made anew. */
    const redraw = () => {
      for (const item of host.querySelectorAll("[role=treeitem]")) {
        const group = items.get(item).grows && kids(item);
        if (!group || group.children.length) continue;
        const wasOpen = isOpen(item);
        group.remove();
        item.setAttribute("aria-expanded", "false");
        if (wasOpen) open(item);
      }
      for (const item of host.querySelectorAll("[role=treeitem]")) {
        const [twisty, ...old] = item.firstElementChild.childNodes;
        old.forEach((one) => one.remove());
        twisty.after(...[drawRow(items.get(item))].flat());
      }
    };

    host.setAttribute("role", "tree");
    host.setAttribute("aria-label", label);
    return { fill, show, redraw, focus: () => focus(current), unmark: () => mark(null), open: () => current && open(current) };
  };

  isocenter.startTree = startTree;
})();
