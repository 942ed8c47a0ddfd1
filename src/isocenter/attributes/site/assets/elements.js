/* Elements of a page, made of attributes and children; text is always text. */
(() => {
  "use strict";

  /* make("a.button", { href }, "text", child, null): nothing of it is ever read as markup. */
  const make = (selector, ...rest) => {
    const [name, ...classes] = selector.split(".");
    const element = document.createElement(name);
    if (classes.length) element.className = classes.join(" ");
    const first = rest[0];
    const plain = first && typeof first === "object" && !(first instanceof Node) && !Array.isArray(first);
    for (const [key, value] of Object.entries(plain ? rest.shift() : {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...rest.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  };

  /* DICOM text: in its own direction, blanks as they are, controls as the marks that show them. */
  const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;
  const shown = (text) => text.replace(CONTROLS, (one) => (one < "\x20" ? String.fromCharCode(0x2400 + one.charCodeAt(0)) : "\ufffd"));
  const value = (text) => make("span.value", { dir: "auto" }, shown(text));

  const facts = (rows) =>
    make(
      "dl.facts-list",
      rows.filter((row) => row && row[1] !== null && row[1] !== "").map(([name, ...content]) => make("div", make("dt", name), make("dd", content))),
    );

  const table = (caption, head, rows) =>
    make(
      "div.wide-table",
      { tabindex: "0", role: "region", "aria-label": caption },
      make(
        "table",
        make("caption.quiet", caption),
        make("thead", make("tr", head.map((one) => make("th", { scope: "col" }, one)))),
        make("tbody", rows.map((row) => make("tr", row.map((cell) => make("td", cell))))),
      ),
    );

  const link = (hash, ...content) => make("a", { href: `#${hash}` }, content);
  const outside = (url, ...content) => make("a", { href: url, rel: "noreferrer", target: "_blank" }, content);

  Object.assign(isocenter, { make, value, facts, table, link, outside });
})();
