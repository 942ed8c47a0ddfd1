/* What the archive holds, beside the Standard: counts in rows, presence and examples in details. */
(() => {
  "use strict";

  const { data, facts, grouped, link, load, make, standard, table, value } = isocenter;
  const archive = data.archive;
  if (!archive) return;

  const there = new Set(archive.attributes);
  const loaded = new Map();
  const get = (name) => {
    if (!loaded.has(name)) loaded.set(name, load(`data/${name}.js`).catch(() => null));
    return loaded.get(name);
  };

  // ---- Of an IOD

  const byIod = new Map();
  const waiting = [];
  const holds = ({ iod }) => Boolean(iod) && Object.hasOwn(archive.iods, iod.key);
  const loadIod = async (iod) => {
    if (!iod || byIod.has(iod.key) || !holds({ iod })) return;
    byIod.set(iod.key, {});
    byIod.set(iod.key, (await get(`iods/${iod.key}`)) || {});
    waiting.forEach((tell) => tell());
  };

  const percent = (count, total) => {
    const share = (100 * count) / total;
    if (count > 0 && share < 1) return "<1 %";
    return count < total && share > 99 ? ">99 %" : `${Math.round(share)} %`;
  };
  const bar = (count, total) => {
    const full = make("span.full");
    full.style.setProperty("--share", String(total ? count / total : 0));
    return make("span.share-bar", { "aria-hidden": "true" }, full);
  };
  const shareOf = (count, total, words) => make("span.share", { title: words }, bar(count, total), make("span.figure", percent(count, total)));

  const pathOf = (node) => (node.kind === "place" ? node.path : standard.dotted(node.tags));
  const moduleCoverage = (node) => Object.values((archive.types[node.iod.key] || {})[node.module.key] || {});
  const sum = (rows, place) => rows.reduce((total, row) => total + row[place], 0);

  /* What a row of the tree says of the archive: how many files, or in how many of them there is a value. */
  const share = (node) => {
    if (!holds(node)) return null;
    const [files] = archive.iods[node.iod.key];
    if (node.kind === "iod") return make("span.quietly", `${grouped(files)} file${files === 1 ? "" : "s"}`);
    if (node.kind === "module") {
      const rows = moduleCoverage(node);
      return rows.length ? shareOf(sum(rows, 2), sum(rows, 0), "Attributes with a value, of those the module has at levels that occur") : null;
    }
    if (node.kind !== "attribute" && node.kind !== "place") return null;
    const [, valued = 0, wrong = 0] = (byIod.get(node.iod.key) || {})[pathOf(node)] || [];
    return [wrong ? make("span.badge.warning", { title: "Something is wrong with it in some files" }, "!") : null, shareOf(valued, files, `In ${grouped(valued)} of ${grouped(files)} files with a value`)];
  };

  // ---- Paths that no module lists

  const COMPONENT = /([0-9A-F]{8})|\(([0-9A-F]{4}),"((?:[^"\\]|\\.)*)",([0-9A-F]{2})\)/y;
  /* The components of a path: tags, null for private ones with a creator. */
  const componentsOf = (path) => {
    const found = [];
    COMPONENT.lastIndex = 0;
    while (COMPONENT.lastIndex < path.length) {
      const match = COMPONENT.exec(path);
      if (!match) return found;
      found.push(match[1] ? parseInt(match[1], 16) : null);
      COMPONENT.lastIndex += 1; // the dot
    }
    return found;
  };
  const wordsOf = (path) => path.replace(/\b[0-9A-F]{8}\b/g, (id) => standard.nameOf(parseInt(id, 16)));
  const first = (tag) => (tag >>> 24 === 0x60 ? (tag & 0xff00ffff) >>> 0 : tag);
  const isListed = (iod, path) => {
    let entries = iod.uses.flatMap(({ module }) => (module.attributes === null ? [] : standard.list(module.attributes)));
    for (const tag of componentsOf(path)) {
      const here = tag === null ? [] : entries.filter((entry) => entry.tag === first(tag));
      if (!here.length) return false;
      entries = here.flatMap(standard.itemsOf);
    }
    return true;
  };
  const unlisted = (iod) => Object.keys(byIod.get(iod.key) || {}).filter((path) => !isListed(iod, path));

  // ---- Details

  const KINDS = {
    "other-vr": "another VR",
    "invalid-value": "not valid for its VR",
    "value-too-long": "too long for its VR",
    "not-in-dictionary": "not in the dictionary",
    "retired-attribute": "retired",
    "wrong-vm": "another VM",
    empty: "empty",
  };
  const REASONS = {
    listed: "PS3.15 table E.1-1 lists the attribute, or a sequence around it",
    private: "private attributes are withheld",
    vr: "names, free text, dates, times and UIDs are withheld",
    number: "numbers are told as ranges",
    bytes: "bytes are told by their length",
    long: "longer than 1,024 characters",
    patients: `of fewer than ${archive.k} patients`,
  };

  const flagBadges = (flags) =>
    flags.length > 0 && make("p.badges", flags.map(([kind, files]) => make(`span.badge.${kind === "empty" || kind === "retired-attribute" ? "note" : "warning"}`, `${KINDS[kind] || kind}: ${grouped(files)} file${files === 1 ? "" : "s"}`)));

  const exampleTable = ({ examples = [], more = 0 }) =>
    examples.length > 0 && [
      make("h3", "Values"),
      table(
        "Values",
        ["Value", "Files", "Series", "Patients", "Marks"],
        examples.map(([text, vr, files, series, patients, marks]) => [value(text), grouped(files), grouped(series), grouped(patients), marks.map((mark) => make("span.badge.warning", mark === "invalid-value" ? `not valid for VR ${vr}` : KINDS[mark]))]),
      ),
      more > 0 && make("p.hint", `${grouped(more)} more that may be told`),
    ];
  const numberTable = ({ numbers = [] }) =>
    numbers.length > 0 && [make("h3", "Numbers"), table("Numbers", ["VR", "Count", "Least", "5 %", "Median", "95 %", "Greatest"], numbers.map(([vr, count, least, greatest, low, median, high]) => [vr, grouped(count), least, low, median, high, greatest]))];
  const withheldList = ({ withheld = [] }) =>
    withheld.length > 0 && make("p.hint", "Withheld: ", withheld.map(([reason, files, different]) => `${different === null ? "" : `${grouped(different)} value${different === 1 ? "" : "s"} `}in ${grouped(files)} file${files === 1 ? "" : "s"}, ${REASONS[reason]}`).join("; "), ".");

  const contextName = (place) => {
    const [uid, modality, manufacturer, model] = archive.contexts[place];
    return [standard.classes.get(uid) || uid || "no SOP class", modality, manufacturer, model];
  };
  const contextTable = (rows) =>
    table(
      "Presence by context",
      ["SOP class", "Modality", "Manufacturer", "Model", "Files", "With a value", "Series", "Patients"],
      rows.map(([place, files, valued, series, patients]) => {
        const [, , , , all] = archive.contexts[place];
        return [...contextName(place), `${grouped(files)} of ${grouped(all)}`, percent(valued, all), grouped(series), grouped(patients)];
      }),
    );
  const ofIod = (iod, [place]) => !iod || iod.uids.includes(archive.contexts[place][0]);

  const about = (told, iod) => {
    const [files, valued, series, patients] = told.total;
    const rows = told.contexts.filter((row) => ofIod(iod, row));
    return [
      flagBadges(told.flags),
      facts([
        ["Files", `${grouped(files)}, with a value ${grouped(valued)}`],
        ["Series", grouped(series)],
        ["Patients", grouped(patients)],
        ["VR found", told.vrs.join(", ")],
      ]),
      exampleTable(told),
      numberTable(told),
      withheldList(told),
      rows.length > 0 && [make("h3", iod ? "Presence in this IOD" : "Presence"), contextTable(rows)],
    ];
  };

  const fileOf = (path) => {
    const [tag] = componentsOf(path);
    return tag === null || tag & 0x10000 ? path.replace("(", "").slice(0, 4) : path.slice(0, 8);
  };
  const tellPath = async (box, path, iod) => {
    const file = fileOf(path);
    const told = there.has(file) ? ((await get(`attributes/${file}`)) || {})[path] : null;
    box.append(make("h3", iod ? "In the archive, in all its IODs" : "In the archive"), ...[told ? about(told, iod) : make("p.hint", "No file has it here.")].flat(Infinity).filter(Boolean));
  };
  const tellPlaces = async (box, tag, own) => {
    const rows = (((await get("places")) || {})[standard.idOf(tag)] || []).filter(([path]) => path !== own);
    if (!rows.length) return;
    const most = rows.slice(0, 50).map(([path, files, valued]) => [link(wordsOf(path), wordsOf(path)), grouped(files), grouped(valued)]);
    box.append(make("h3", "Elsewhere in the archive"), table("Elsewhere in the archive", ["Path", "Files", "With a value"], most));
    if (rows.length > most.length) box.append(make("p.hint", `The first ${most.length} of ${grouped(rows.length)} paths.`));
  };

  const typeTable = (types) => table("Attributes by Type", ["Type", "Expected", "Present", "With a value"], Object.entries(types).map(([type, [expected, present, filled]]) => [type, grouped(expected), grouped(present), `${grouped(filled)} (${percent(filled, expected)})`]));
  const iodParts = ({ iod }) => {
    const [files, series, patients] = archive.iods[iod.key];
    const rows = archive.contexts.map((row, place) => [place, row]).filter(([, row]) => iod.uids.includes(row[0]));
    return [
      make("h3", "In the archive"),
      facts([["Files", grouped(files)], ["Series", grouped(series)], ["Patients", grouped(patients)]]),
      table("Files by context", ["SOP class", "Modality", "Manufacturer", "Model", "Files", "Series", "Patients"], rows.map(([place, row]) => [...contextName(place), ...row.slice(4).map(grouped)])),
    ];
  };
  const moduleParts = (node) => {
    const types = (archive.types[node.iod.key] || {})[node.module.key];
    return types ? [make("h3", "In the archive"), typeTable(types), make("p.hint", "Expected are the attributes at levels that occur: the data set, and items of sequences that some file has.")] : [];
  };

  /* What is told of a node beside what the Standard says; some of it comes when its script is there. */
  const details = (node) => {
    loadIod(node.iod);
    const box = make("section.archive");
    if (node.kind === "attribute" || node.kind === "place") {
      if (!node.iod || holds(node)) tellPath(box, pathOf(node), node.iod);
      return [box];
    }
    if (node.kind === "lonely") {
      const path = standard.dotted(node.tags);
      tellPath(box, path, null).then(() => tellPlaces(box, node.tags.at(-1), path));
      return [box];
    }
    if (!holds(node)) return node.kind === "iod" ? [make("p.hint", "The archive has no file of this IOD.")] : [];
    if (node.kind === "iod") return iodParts(node);
    return node.kind === "module" ? moduleParts(node) : [];
  };

  const summary = () => {
    const { files, series, patients, failed, left_out: left } = archive.totals;
    const ratios = archive.ratios.map(([name, count, total, counted, of]) => [name, `${grouped(count)} of ${grouped(total)}`, percent(count, total), `${counted}; of ${of}`]);
    return [
      make("h3", "The archive"),
      facts([
        ["Files", grouped(files)],
        ["Series", grouped(series)],
        ["Patients", grouped(patients)],
        failed > 0 && ["Could not be read", grouped(failed)],
        left > 0 && ["Not in the sample", grouped(left)],
        ["Sample", archive.samples.join(", ")],
      ]),
      make("h3", "Coverage"),
      table("Coverage", ["Name", "Tags or paths", "Share", "Of what"], ratios),
      make("p.hint", archive.stamp || `A value is told when at least ${archive.k} patients have it, its VR is one of codes, and PS3.15 table E.1-1 does not list it.`),
    ];
  };

  isocenter.archive = { details, holds, loadIod, onload: (tell) => waiting.push(tell), share, summary, unlisted, wordsOf };
})();
