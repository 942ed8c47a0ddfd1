/* A DICOM file that was dropped or chosen, as a tree: modules of its IOD, elements, items, what is missing. */
(() => {
  "use strict";

  const { detailHead, facts, grouped, inspect, link, make, nodes, readDicom, standard, tagText, value } = isocenter;
  const FIRST = 1 << 26; // bytes that are read of a file; pixel data of more is not looked at
  const MOST = 200; // violations listed at once

  const LEVELS = ["error", "warning", "note"];

  const badge = ({ level, brief }) => make(`span.badge.${level}`, brief);

  const elementNode = (info, above, prefix, type) => {
    const node = { kind: "element", info, type, hash: `${prefix}${standard.nameOf(info.tag)}`, title: info.row ? info.row.name : tagText(info.tag), iod: above.iod };
    node.children = () => info.items.map((item, number) => itemNode(item, number, node));
    return node;
  };
  const itemNode = (item, number, above) => {
    const node = { kind: "item", title: `Item ${number + 1}`, hash: `${above.hash}[${number + 1}]`, iod: above.iod };
    node.children = () => levelNodes(item.elements, item.missing, node, `${node.hash}.`);
    return node;
  };
  const missingNode = (one, above, prefix) => ({
    kind: "missing",
    missing: one,
    type: one.entry.type,
    hash: `${prefix}${standard.nameOf(one.tag)}`,
    title: one.row ? one.row.name : tagText(one.tag),
    iod: above.iod,
    children: () => [],
  });
  const levelNodes = (elements, missing, above, prefix) =>
    [...elements.map((info) => elementNode(info, above, prefix, info.type)), ...missing.map((one) => missingNode(one, above, prefix))].sort((one, other) => tagOf(one) - tagOf(other));
  const tagOf = (node) => (node.kind === "missing" ? node.missing.tag : node.info.tag);

  const partNode = (title, hash, iod, children) => {
    const node = { kind: "part", title, hash, iod };
    node.children = () => children(node);
    return node;
  };

  /* The parts of a file: file meta, each module, and what no module of the IOD lists. */
  const partNodes = (found) => {
    const { iod, meta, elements, modules } = found;
    const listed = new Set();
    const there = new Map(elements.map((info) => [info.tag, info]));
    const parts = modules.map(({ use, entries, missing }) => {
      const types = new Map(entries.map(({ tag, type }) => [tag, type]));
      const held = entries.map(({ tag }) => there.get(tag)).filter(Boolean);
      held.forEach(({ tag }) => listed.add(tag));
      const hash = `file/${use.module.key}`;
      const node = partNode(use.module.name, hash, iod, (part) =>
        [...held.map((info) => elementNode(info, part, `${hash}/`, types.get(info.tag))), ...missing.map((one) => missingNode(one, part, `${hash}/`))].sort((one, other) => tagOf(one) - tagOf(other)),
      );
      return Object.assign(node, { use });
    });
    const rest = elements.filter((info) => !listed.has(info.tag));
    return [
      meta.length && partNode("File Meta Information", "file/meta", iod, (part) => levelNodes(meta, [], part, "file/meta/")),
      ...parts,
      rest.length && partNode(iod ? "In no module of this IOD" : "Data set", "file/rest", iod, (part) => levelNodes(rest, [], part, "file/rest/")),
    ].filter(Boolean);
  };

  const brief = (info) => {
    if (info.value.vr === "SQ") return make("span.quietly", `${grouped(info.items.length)} item${info.items.length === 1 ? "" : "s"}`);
    const { text } = info.value;
    return text ? value(text.length > 200 ? `${text.slice(0, 200)}…` : text) : make("span.quietly", "empty");
  };
  const typeMark = (type) => type && make(`span.type${/^[12]C?$/.test(type) ? ".required" : ""}`, { title: `Type ${type}` }, type);

  const ROWS = {
    part: (node) => make("span.label", make("span.name", node.title), node.use && make("span.quietly", node.use.entity)),
    item: (node) => make("span.label", make("span.name", node.title)),
    element: ({ info, title, type }) => [
      make("span.label", make("span.tag", tagText(info.tag)), make("span.name", title), make("span.quietly", info.value.vr), info.marks.map(badge), brief(info)),
      make("span.side", typeMark(type)),
    ],
    missing: ({ missing, title, type }) => [
      make("span.label", make("span.tag", tagText(missing.tag)), make("span.name", title), badge({ level: "error", brief: "missing" })),
      make("span.side", typeMark(type)),
    ],
  };

  const violationText = (one) => make("li", make("p.badges", make(`span.badge.${one.level}`, one.level), make("span.mono", one.path.join(".") || "the file")), make("p", one.message), make("p.facts", [one.clause, one.offset !== null && ` byte ${grouped(one.offset)}`]));
  const counted = (violations) => {
    const count = (level) => violations.filter((one) => one.level === level).length;
    return LEVELS.filter(count).map((level) => make(`span.badge.${level}`, `${grouped(count(level))} ${level}${count(level) === 1 ? "" : "s"}`));
  };

  /* Errors first, each level in the order of the file. */
  const gravest = (violations) => LEVELS.flatMap((level) => violations.filter((one) => one.level === level));

  const fileDetails = (name, found) => [
    detailHead("File", name, make("p.badges", found.violations.length ? counted(found.violations) : make("span.chip", "no violations found"))),
    facts([
      ["IOD", found.iod ? link(found.iod.key, found.iod.name) : "not known"],
      ["SOP class", [standard.classes.get(found.sopClass) || "", " ", make("span.mono", found.sopClass || "none")]],
      ["Transfer syntax", make("span.mono", found.syntax || "none")],
    ]),
    make("p.hint", "Conditions of Types 1C and 2C and of modules are prose and are not judged. The file stays on this machine."),
    found.violations.length > 0 && make("ul.violations", gravest(found.violations).slice(0, MOST).map(violationText)),
    found.violations.length > MOST && make("p.hint", `The first ${grouped(MOST)} of ${grouped(found.violations.length)}.`),
  ];

  const elementDetails = (node, found) => {
    const { info } = node;
    const mine = found.violations.filter((one) => one.path.join(".") === info.path.join("."));
    return [
      detailHead("Element of the file", node.title, make("p.badges", info.marks.map(badge))),
      facts([
        ["Value", info.value.vr === "SQ" ? `${grouped(info.items.length)} items` : info.value.text ? value(info.value.text) : "empty"],
        ["Tag", make("span.mono", tagText(info.tag))],
        ["VR", `${info.element.vr || "implicit"}${info.value.vr === info.element.vr ? "" : `, read as ${info.value.vr}`}`],
        info.creator && ["Private creator", value(info.creator)],
        ["Length", info.element.undefinedLength ? "undefined" : `${grouped(info.element.length)} bytes`],
        ["Byte", grouped(info.element.offset)],
        node.type && ["Type", node.type],
        ["Path", make("span.mono", info.path.join("."))],
      ]),
      mine.length > 0 && make("ul.violations", mine.map(violationText)),
      info.row && make("p", link(standard.nameOf(info.tag), `${info.row.name} in the Standard`)),
    ];
  };
  const missingDetails = (node) => [
    detailHead("Missing in the file", node.title, make("p.badges", badge({ level: "error", brief: `missing, Type ${node.type}` }))),
    make("p", link(standard.nameOf(node.missing.tag), `${node.title} in the Standard`)),
  ];
  const partDetails = (node) => [
    detailHead("Part of the file", node.title),
    node.use && make("p", link(nodes.placeOf(node.use.module, [], node.iod), `${node.title} in the Standard`)),
  ];

  /* What is told of a node of the file. */
  const details = (node, found) => {
    if (node.kind === "element") return elementDetails(node, found);
    if (node.kind === "missing") return missingDetails(node);
    return partDetails(node);
  };

  /* Reads a file; an object with its name, its nodes and what was found, or a sentence that says why not. */
  const open = async (file) => {
    const bytes = new Uint8Array(await file.slice(0, FIRST).arrayBuffer());
    const read = await readDicom(bytes, standard.vrOf, file.size);
    if (!read) return `${file.name} is no DICOM file: there is no DICM prefix, and no data set starts at its first byte.`;
    const found = inspect(read);
    return { name: file.name, found, roots: partNodes(found) };
  };

  /* Files come by dropping them anywhere, or by the file field. */
  const startFiles = (take) => {
    const field = document.getElementById("file");
    const veil = document.querySelector("[data-drop]");
    const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    field.addEventListener("change", () => {
      if (field.files.length) take(field.files[0]);
      field.value = "";
    });
    document.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget || (veil.hidden = true));
    document.addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      veil.hidden = true;
      if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
    });
  };

  isocenter.files = { open, startFiles, drawRow: (node) => ROWS[node.kind](node), details, fileDetails };
})();
