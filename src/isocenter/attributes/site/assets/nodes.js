/* Places in the Standard: IOD > module > attribute > attribute, and their addresses (#ct-image/patient/PatientName). */
(() => {
  "use strict";

  const { archive, standard } = isocenter;
  const [LOOSE, OTHER] = ["module", "other"];

  const iodNode = (iod) => ({
    kind: "iod",
    iod,
    hash: iod.key,
    title: iod.name,
    children: () => [...iod.uses.map((use) => moduleNode(iod, use)), ...(archive && archive.holds({ iod }) ? [otherNode(iod)] : [])],
  });

  /* What files of an IOD have and its modules do not list: file meta, private and other attributes. */
  const otherNode = (iod) => ({
    kind: "other",
    iod,
    grows: true,
    hash: `${iod.key}/${OTHER}`,
    title: "In no module: file meta, private and other attributes",
    children: () => archive.unlisted(iod).map((path) => placeNode(iod, path)),
  });
  const placeNode = (iod, path) => {
    const words = archive.wordsOf(path);
    return { kind: "place", iod, path, words, hash: `${iod.key}/${OTHER}/${path}`, title: words, children: () => [] };
  };

  const moduleNode = (iod, use) => {
    const { module } = use;
    const node = { kind: "module", iod, use, module, hash: `${iod ? iod.key : LOOSE}/${module.key}`, title: module.name };
    node.children = () => (module.attributes === null ? [] : standard.list(module.attributes).map((entry) => attributeNode(node, entry)));
    return node;
  };

  const attributeNode = (parent, entry) => {
    const row = standard.attribute(entry.tag);
    const above = parent.kind === "attribute" ? parent.tags : [];
    const node = {
      kind: "attribute",
      iod: parent.iod,
      module: parent.module,
      parent,
      entry,
      row,
      tags: [...above, entry.tag],
      hash: `${parent.hash}${parent.kind === "attribute" ? "." : "/"}${standard.nameOf(entry.tag)}`,
      title: row ? row.name : standard.idOf(entry.tag),
    };
    node.children = () => standard.itemsOf(entry).map((one) => attributeNode(node, one));
    return node;
  };

  /* An attribute by itself, in no module. */
  const lonelyNode = (tags, row) => ({
    kind: "lonely",
    tags,
    row,
    hash: tags.map(standard.nameOf).join("."),
    title: row ? row.name : standard.idOf(tags.at(-1)),
    children: () => [],
  });

  const loose = {
    kind: "loose",
    hash: LOOSE,
    title: "Modules of no IOD",
    children: () => [...standard.modules.values()].filter((one) => !one.iods.length && one.attributes !== null).map((module) => moduleNode(null, { module, usage: "", entity: "" })),
  };
  const roots = [...[...standard.iods.values()].map(iodNode), loose];

  /* A tag from what people write: 00100010, (0010,0010), 0010,0010, PatientName; null for anything else. */
  const tagOf = (text) => {
    const bare = text.replace(/[\s(),]/g, "").replace(/^0x/i, "");
    if (/^[0-9a-f]{8}$/i.test(bare)) return parseInt(bare, 16);
    if (/^[0-9a-fx]{8}$/i.test(bare)) return parseInt(bare.replace(/x/gi, "0"), 16);
    const found = standard.byKeyword.get(text.trim().toLowerCase());
    return found ? found.tag : null;
  };
  const tagsOf = (text) => {
    const tags = text.split(".").map(tagOf);
    return tags.length && tags.every((tag) => tag !== null) ? tags : null;
  };

  /* The nodes from a root down to what an address names; what cannot be followed ends the way. */
  const wayTo = (hash) => {
    const [first, second, ...rest] = hash.split("/");
    const root = roots.find((one) => one.hash === first);
    if (!root) {
      const tags = tagsOf(hash);
      return tags ? [lonelyNode(tags, standard.attribute(tags.at(-1)))] : [];
    }
    const way = [root];
    if (second === undefined) return way;
    if (second === OTHER && root.iod && archive) {
      const path = rest.join("/");
      return [root, otherNode(root.iod), ...(path ? [placeNode(root.iod, path)] : [])];
    }
    const module = root.children().find((one) => one.module && one.module.key === second);
    if (!module) return way;
    way.push(module);
    for (const tag of tagsOf(rest.join("/")) || []) {
      const next = way.at(-1).children().find((one) => one.entry.tag === tag);
      if (!next) break;
      way.push(next);
    }
    return way;
  };

  /* The address of a module's attribute: in an IOD that is preferred, in the first that has it, or in none. */
  const placeOf = (module, tags, preferred = null) => {
    const iod = module.iods.includes(preferred) ? preferred : module.iods[0];
    return [iod ? iod.key : LOOSE, module.key, tags.map(standard.nameOf).join(".")].filter(Boolean).join("/");
  };

  isocenter.nodes = { placeOf, roots, tagOf, tagsOf, wayTo };
})();
