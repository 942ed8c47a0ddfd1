/* The page: the tree of the Standard, that of a file, the details of what is chosen, addresses. */
(() => {
  "use strict";

  const { details, files, make, nodes, search, standard, startTree, tagText } = isocenter;
  const archive = isocenter.archive || null; // of a site without one there is none

  const part = (name) => document.querySelector(`[data-${name}]`);
  const [browser, detail, pane, only, closeFile] = ["browser", "detail", "details", "only", "close-file"].map(part);
  const title = document.getElementById("tree-title");
  let opened = null;

  // ---- Rows of the Standard

  const typeMark = (type) => make(`span.type${/^[12]C?$/.test(type) ? ".required" : ""}`, { title: `Type ${type || "not given"}` }, type || "–");
  const share = (node) => (archive ? archive.share(node) : null);
  const ROWS = {
    iod: (node) => [make("span.label", make("span.name", node.title)), make("span.side", share(node))],
    loose: (node) => make("span.label", make("span.name", node.title)),
    other: (node) => make("span.label", make("span.name", node.title)),
    place: (node) => [make("span.label", make("span.name.mono", node.title)), make("span.side", share(node))],
    module: (node) => [make("span.label", make("span.name", node.title), make("span.quietly", node.use.entity)), make("span.side", share(node), node.use.usage && make(`span.type${node.use.usage === "M" ? ".required" : ""}`, { title: `Usage ${node.use.usage}` }, node.use.usage))],
    attribute: (node) => [
      make("span.label", make("span.tag", tagText(node.entry.tag)), make(node.row && node.row.retired ? "span.name.retired-name" : "span.name", node.title), make("span.quietly", node.row ? node.row.vr : "")),
      make("span.side", share(node), typeMark(node.entry.type)),
    ],
  };
  const drawRow = (node) => ROWS[node.kind](node);

  // ---- What is chosen

  const look = (view) => (browser.dataset.view = view);
  const tell = (parts, { focus }) => {
    detail.replaceChildren(...parts.flat(Infinity).filter(Boolean));
    pane.scrollTop = 0;
    look("detail");
    if (focus) detail.querySelector("h2").focus();
  };
  /* Who moves through the tree goes on there; elsewhere the heading of what is told gets the focus. */
  let stays = false;
  const go = (hash, { stay = false } = {}) => {
    stays = stay && document.getElementById("tree").offsetParent !== null;
    if (decoded(location.hash.slice(1)) === hash) arrive();
    else location.hash = hash;
  };
  const arrive = () => {
    const beside = stays && matchMedia("(min-width: 62rem)").matches;
    stays = false;
    follow({ focus: !beside });
  };

  const tree = startTree(document.getElementById("tree"), { label: "IODs, modules and attributes", drawRow, choose: (node) => go(node.hash, { stay: true }) });
  const fileTree = startTree(document.getElementById("file-tree"), { label: "Elements of the file", drawRow: files.drawRow, choose: (node) => tell(files.details(node, opened.found), { focus: false }) });

  const showFile = (shown) => {
    part("tree").hidden = shown;
    part("file-tree").hidden = !shown;
    closeFile.hidden = !shown;
    only.hidden = shown || !archive;
    title.textContent = shown ? opened.name : "IODs";
  };

  const welcome = () => {
    const content = part("welcome").content.cloneNode(true);
    if (archive) content.querySelector("[data-archive-summary]").append(...archive.summary());
    tell([...content.children], { focus: false });
    look("tree");
  };
  const nothing = (hash) => tell([make("header.detail-head", make("h2", { tabindex: "-1" }, "Nothing of that name")), make("p", make("span.mono", hash), " is no tag, keyword, path, IOD or module of these tables.")], { focus: true });

  /* Goes where the address says. */
  const follow = ({ focus = false } = {}) => {
    const hash = decoded(location.hash.slice(1));
    if (hash === "file") return opened ? showOpened() : welcome();
    if (!hash || hash === "main") return welcome();
    const way = nodes.wayTo(hash);
    showFile(false);
    if (!way.length) return nothing(hash);
    const node = way.at(-1);
    if (node.kind === "lonely") tree.unmark();
    else tree.show(way.map((one) => one.hash));
    document.title = `${node.title} · DICOM standard browser · Isocenter`;
    const more = archive ? archive.details(node) : [];
    return tell([details(way), more], { focus });
  };
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };

  // ---- A file

  const showOpened = () => {
    showFile(true);
    tell(files.fileDetails(opened.name, opened.found), { focus: true });
  };
  const take = async (file) => {
    const result = await files.open(file).catch((problem) => `${file.name} could not be read: ${problem.message}`);
    if (typeof result === "string") return tell([make("header.detail-head", make("h2", { tabindex: "-1" }, "Not a DICOM file")), make("p", result)], { focus: true });
    opened = result;
    fileTree.fill(opened.roots);
    if (location.hash === "#file") return showOpened();
    location.hash = "file";
    return null;
  };

  // ---- Start

  tree.fill(nodes.roots);
  search.startSearch(part("search"), go);
  files.startFiles(take);
  closeFile.addEventListener("click", () => {
    opened = null;
    showFile(false);
    location.hash = "";
  });
  part("back").addEventListener("click", () => {
    look("tree");
    (part("file-tree").hidden ? tree : fileTree).focus();
  });
  only.addEventListener("change", (event) => {
    tree.fill(event.target.checked ? nodes.roots.filter((node) => archive.holds(node)) : nodes.roots);
    follow();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    if (event.key !== "/" || typing || !isocenter.plain(event)) return;
    event.preventDefault();
    document.getElementById("search").focus();
  });
  window.addEventListener("hashchange", arrive);
  if (archive) archive.onload(() => tree.redraw());
  only.hidden = !archive;
  showFile(false);
  follow();
})();
