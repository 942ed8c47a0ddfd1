/* What is told beside the tree: of an IOD, a module, an attribute. */
(() => {
  "use strict";

  const { facts, grouped, link, make, nodes, outside, standard, table, tagText } = isocenter;

  const PART = "https://dicom.nema.org/medical/dicom/current/output/chtml/";
  const VRS = {
    AE: "Application Entity",
    AS: "Age String",
    AT: "Attribute Tag",
    CS: "Code String",
    DA: "Date",
    DS: "Decimal String",
    DT: "Date Time",
    FD: "Floating Point Double",
    FL: "Floating Point Single",
    IS: "Integer String",
    LO: "Long String",
    LT: "Long Text",
    OB: "Other Byte",
    OD: "Other Double",
    OF: "Other Float",
    OL: "Other Long",
    OV: "Other 64-bit Very Long",
    OW: "Other Word",
    PN: "Person Name",
    SH: "Short String",
    SL: "Signed Long",
    SQ: "Sequence of Items",
    SS: "Signed Short",
    ST: "Short Text",
    SV: "Signed 64-bit Very Long",
    TM: "Time",
    UC: "Unlimited Characters",
    UI: "Unique Identifier",
    UL: "Unsigned Long",
    UN: "Unknown",
    UR: "Universal Resource",
    US: "Unsigned Short",
    UT: "Unlimited Text",
    UV: "Unsigned 64-bit Very Long",
  };
  const TYPES = {
    "1": "required, with a value",
    "1C": "required with a value under a condition",
    "2": "required, may be empty",
    "2C": "required under a condition, may be empty",
    "3": "optional",
    "": "the Standard gives none here",
  };
  const USAGES = { M: "mandatory", C: "under a condition", U: "optional", "": "" };

  const tagName = (row, tag) => (row ? `(${row.id.slice(0, 4)},${row.id.slice(4)})` : tagText(tag));
  const vrText = (vr) => vr.split(" or ").map((one) => (VRS[one] ? `${one} (${VRS[one]})` : one)).join(" or ");
  const part = (number, page, text) => outside(`${PART}part0${number}/${page}.html`, text);

  const head = (kind, title, more) => make("header.detail-head", make("p.over", kind), make("h2", { tabindex: "-1" }, title), more);

  const crumbs = (way) =>
    way.length > 1 && make("nav.crumbs", { "aria-label": "Where this is" }, make("ol", way.slice(0, -1).map((node) => make("li", link(node.hash, node.title)))));

  const aboutAttribute = (row, tag) =>
    facts([
      ["Tag", make("span.mono", tagName(row, tag))],
      row && ["Keyword", row.keyword ? make("span.mono", row.keyword) : "none"],
      row && ["VR", part(5, "sect_6.2", vrText(row.vr))],
      row && ["VM", part(5, "sect_6.4", row.vm)],
      row && ["Dictionary", part(6, row.id.startsWith("0002") ? "chapter_7" : "chapter_6", `PS3.6, edition ${standard.editions.dictionary}`)],
    ]);

  const retiredMark = (row) => row && row.retired && make("p.badges", make("span.badge.warning", `Retired, as of edition ${standard.editions.dictionary}`));

  const typeLine = (type) => [make("strong", type || "–"), ` ${TYPES[type]}`];

  const attributeDetails = (node, way) => [
    crumbs(way),
    head("Attribute", node.title, retiredMark(node.row)),
    aboutAttribute(node.row, node.entry.tag),
    facts([
      ["Type in this place", typeLine(node.entry.type)],
      ["Module", link(nodes.placeOf(node.module, [], node.iod), node.module.name)],
      ["Listed in", outside(node.module.url, node.module.clause)],
      ["Path", make("span.mono", node.tags.map((tag) => standard.nameOf(tag)).join("."))],
    ]),
    group(node),
  ];

  /* A functional group macro of this IOD (PS3.3 C.7.6.16). */
  const group = (node) => {
    const usage = node.iod && node.tags.length === 2 && [0x52009229, 0x52009230].includes(node.tags[0]) ? node.iod.groups.get(standard.idOf(node.tags[1])) : null;
    return usage && make("p.hint", `Functional group of this IOD: ${USAGES[usage]} (${usage})`);
  };

  const FIRST = 25;
  const listingTable = (tag) => {
    const { found, more } = standard.listings(tag);
    if (!found.length) return make("p.hint", "No module of the tables lists it.");
    const row = ({ module, type, tags }) => [
      link(nodes.placeOf(module, tags), module.name),
      make("span.mono", tags.map(standard.nameOf).slice(0, -1).join(".") || "–"),
      type || "–",
      grouped(module.iods.length),
    ];
    const body = (count) => table("Where it is listed", ["Module", "Inside of", "Type", "IODs"], found.slice(0, count).map(row));
    const shown = make("div", body(FIRST));
    const rest = found.length > FIRST && make("button.small-button", { type: "button", onclick: () => { shown.replaceChildren(body(found.length)); rest.remove(); } }, `Show all ${more ? `of the first ${grouped(found.length)}` : grouped(found.length)}`);
    return [shown, rest];
  };

  const lonelyDetails = (node) => {
    const tag = node.tags.at(-1);
    return [
      head("Attribute", node.title, [retiredMark(node.row), !node.row && make("p.badges", make("span.badge.warning", "not in the dictionary"))]),
      aboutAttribute(node.row, tag),
      node.tags.length > 1 && facts([["Path", make("span.mono", node.tags.map((one) => standard.nameOf(one)).join("."))]]),
      make("h3", "Where it is listed"),
      listingTable(tag),
    ];
  };

  const moduleDetails = (node, way) => {
    const { module, use } = node;
    const others = module.iods.filter((iod) => iod !== node.iod);
    return [
      crumbs(way),
      head("Module", module.name),
      facts([
        use.usage && ["Usage in this IOD", [make("strong", use.usage), ` ${USAGES[use.usage]}`]],
        use.entity && ["Information Entity", use.entity],
        ["Listed in", outside(module.url, module.clause)],
        ["Attributes", module.attributes === null ? "not listed by the tables" : grouped(standard.list(module.attributes).length)],
      ]),
      others.length > 0 && make("details.fold", make("summary", `Other IODs with this module: ${grouped(others.length)}`), make("ul.links", others.map((iod) => make("li", link(`${iod.key}/${module.key}`, iod.name))))),
    ];
  };

  const iodDetails = (node) => {
    const { iod } = node;
    const rows = iod.uses.map(({ module, usage, entity }) => [link(`${iod.key}/${module.key}`, module.name), `${usage} ${USAGES[usage]}`, entity]);
    return [
      head("IOD", iod.name),
      facts([
        ["Listed in", outside(iod.url, iod.clause)],
        ["SOP classes", make("ul", iod.uids.map((uid) => make("li", standard.classes.get(uid) || "", " ", make("span.mono", uid))))],
      ]),
      make("h3", "Modules"),
      table("Modules", ["Module", "Usage", "Entity"], rows),
    ];
  };

  const otherDetails = (node, way) => [crumbs(way), head("Attributes", node.title)];
  const placeDetails = (node, way) => [crumbs(way), head("Attribute in no module", node.words.split(".").at(-1)), facts([["Path", make("span.mono", node.words)]])];

  const looseDetails = (node) => [head("Modules", node.title), make("p", "Modules of services that have no stored object: printing, worklists, procedure steps.")];

  const DETAILS = { iod: iodDetails, module: moduleDetails, attribute: attributeDetails, lonely: lonelyDetails, loose: looseDetails, other: otherDetails, place: placeDetails };

  /* The parts told of the last node of a way. */
  isocenter.details = (way) => {
    const node = way.at(-1);
    return DETAILS[node.kind](node, way);
  };
  Object.assign(isocenter, { detailHead: head, aboutAttribute, usageWords: USAGES });
})();
