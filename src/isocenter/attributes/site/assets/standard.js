/* The Standard's tables as objects: attributes, lists of them, modules, IODs. Lines are split when asked for. */
(() => {
  "use strict";

  const { data, hex } = isocenter;
  const CONTENT_SEQUENCE = 0x0040a730;

  const { attributes: rows, lists, modules, iods, classes, editions, pages } = data.standard;

  const attributes = rows.split("\n").map((line) => {
    const [id, vr, vm, name, retired, keyword] = line.split("|");
    const repeating = id.includes("x");
    return { id, tag: parseInt(id.replaceAll("x", "0"), 16), vr, vm, name, retired: retired !== "", keyword, repeating };
  });
  const byTag = new Map(attributes.filter((one) => !one.repeating).map((one) => [one.tag, one]));
  const byKeyword = new Map(attributes.filter((one) => one.keyword).map((one) => [one.keyword.toLowerCase(), one]));
  const repeaters = attributes
    .filter((one) => one.repeating)
    .map((one) => ({ one, mask: parseInt(one.id.replace(/[^x]/g, "f").replaceAll("x", "0"), 16) >>> 0 }));

  /* The dictionary's row of a tag; of any tag of a repeating group the row of the group (PS3.5 7.6). */
  const attribute = (tag) => {
    const found = byTag.get(tag);
    if (found || tag & 0x10000) return found || null;
    const repeater = repeaters.find(({ one, mask }) => (tag & mask) >>> 0 === one.tag);
    return repeater ? repeater.one : null;
  };
  const vrOf = (tag) => {
    const found = attribute(tag);
    return found ? found.vr : tag & 0xffff ? "" : "UL";
  };

  const split = new Map();
  const list = (number) => {
    if (!split.has(number)) split.set(number, lists[number].split(",").map(listed));
    return split.get(number);
  };
  const listed = (text) => {
    const [id, type, items] = text.split(":");
    return { tag: parseInt(id.replaceAll("x", "0"), 16), type, items: items ? Number(items) : null };
  };

  /* What items hold; those of a Content Sequence hold one again (PS3.3 C.17.3.1), the table has one level. */
  const itemsOf = (entry) => {
    const held = entry.items === null ? [] : list(entry.items);
    const again = entry.tag === CONTENT_SEQUENCE && !held.some(({ tag }) => tag === CONTENT_SEQUENCE);
    return again ? [...held, entry] : held;
  };

  const moduleMap = new Map(
    Object.entries(modules).map(([key, [name, clause, page, number]]) => [
      key,
      { key, name, clause, url: pages + page, attributes: number === null ? null : number, iods: [] },
    ]),
  );
  const iodMap = new Map(
    iods.map(([key, name, clause, page, uids, uses, groups]) => {
      const used = uses.map(([module, usage, entity]) => ({ module: moduleMap.get(module), usage, entity }));
      const iod = { key, name, clause, url: pages + page, uids, uses: used, groups: new Map(groups) };
      for (const use of used) use.module.iods.push(iod);
      return [key, iod];
    }),
  );
  const iodOfClass = new Map([...iodMap.values()].flatMap((iod) => iod.uids.map((uid) => [uid, iod])));

  const idOf = (tag) => hex(tag, 8);
  const dotted = (tags) => tags.map(idOf).join(".");
  const nameOf = (tag) => (attribute(tag) || {}).keyword || idOf(tag);

  // ---- Where an attribute is listed

  let holders = null;
  const startHolders = () => {
    holders = { tags: new Map(), lists: new Map(), roots: new Map() };
    const add = (map, key, one) => (map.has(key) ? map.get(key).push(one) : map.set(key, [one]));
    lists.forEach((_, number) => {
      for (const entry of list(number)) {
        add(holders.tags, entry.tag, { number, type: entry.type });
        if (entry.items !== null) add(holders.lists, entry.items, { number, tag: entry.tag });
      }
    });
    for (const module of moduleMap.values()) if (module.attributes !== null) add(holders.roots, module.attributes, module);
  };

  /* Modules and paths that list a tag, shortest paths first, then those of most IODs, up to `most`. */
  const listings = (tag, most = 1000) => {
    if (!holders) startHolders();
    const found = [];
    let level = (holders.tags.get(tag) || []).map(({ number, type }) => ({ number, type, tags: [tag] }));
    for (let depth = 0; level.length && depth < 8 && found.length < most; depth += 1) {
      const [here, above] = [[], []];
      for (const { number, type, tags } of level) {
        for (const module of holders.roots.get(number) || []) here.push({ module, type, tags });
        for (const parent of holders.lists.get(number) || []) {
          if (above.length < 20_000) above.push({ number: parent.number, type, tags: [parent.tag, ...tags] });
        }
      }
      found.push(...here.sort((one, other) => other.module.iods.length - one.module.iods.length));
      level = above;
    }
    return { found: found.slice(0, most), more: found.length > most || level.length > 0 };
  };

  isocenter.standard = {
    attribute,
    attributes,
    byKeyword,
    classes: new Map(Object.entries(classes)),
    dotted,
    editions,
    idOf,
    iodOfClass,
    iods: iodMap,
    itemsOf,
    list,
    listings,
    modules: moduleMap,
    nameOf,
    vrOf,
  };
})();
