/* What a file's elements are, against the dictionary and the modules of its IOD (PS3.3, PS3.5, PS3.6).

   In: a file that was read. Out: its elements with values and marks, what is missing, and every
   violation with its path. Conditions are prose: of Types 1C and 2C only what is there is judged. */
(() => {
  "use strict";

  const { characterSets, isCreator, readValue, standard } = isocenter;
  const [SHARED, PER_FRAME] = [0x52009229, 0x52009230];
  const [CHARACTER_SET, PIXEL_REPRESENTATION, SOP_CLASS, MEDIA_CLASS] = [0x00080005, 0x00280103, 0x00080016, 0x00020002];
  const [VALUE_TYPE, RELATIONSHIP, CONTINUITY, BY_REFERENCE] = [0x0040a040, 0x0040a010, 0x0040a050, 0x0040db73];
  const STRENGTH = ["1", "1C", "2", "2C", "3", ""];

  const isPrivate = (tag) => Boolean(tag & 0x10000);
  const isGroupLength = (tag) => (tag & 0xffff) === 0;

  /* Whether as many values are allowed: "1", "1-n", "2-2n", "1-3". */
  const fitsMultiplicity = (count, vm) =>
    vm.split(" or ").some((one) => {
      const [low, high = low] = one.split("-");
      if (count < Number.parseInt(low, 10)) return false;
      if (!high.endsWith("n")) return count <= Number(high);
      return count % (Number.parseInt(high, 10) || 1) === 0;
    });

  const checkVr = ({ element, row }, mark) => {
    const { tag, vr } = element;
    if (isPrivate(tag) || isGroupLength(tag)) return;
    if (!row) mark("warning", "not in the dictionary", `Not in the dictionary of edition ${standard.editions.dictionary}`, "PS3.6 6");
    else if (vr && vr !== "UN" && !row.vr.split(" or ").includes(vr)) mark("error", "another VR", `VR ${vr}; the dictionary says ${row.vr}`, "PS3.6 6");
    if (row && row.retired) mark("note", "retired", "Retired", "PS3.6 6");
  };

  const checkValue = ({ element, row, value }, mark) => {
    for (const fault of value.faults) mark("error", `not valid for VR ${value.vr}`, `Not valid for VR ${value.vr}, which takes ${fault}`, "PS3.5 6.2");
    if (row && value.count && value.vr !== "SQ" && !isPrivate(element.tag) && !/^(O.|UN|LT|ST|UR|UT)$/.test(value.vr) && !fitsMultiplicity(value.count, row.vm))
      mark("error", "another VM", `${value.count} values; VM is ${row.vm}`, "PS3.5 6.4");
    if (!element.undefinedLength && element.length % 2) mark("warning", "odd length", `A length of ${element.length} bytes; lengths are even`, "PS3.5 7.1.1");
    if (element.left) mark(element.left === "not read" ? "note" : "error", element.left, element.left === "not read" ? "Not read: behind what was read of the file" : "The data ends inside the value", "PS3.5 7.1");
  };

  const checkPlace = (info, before, creators, mark) => {
    const { tag } = info.element;
    if (before && tag === before.element.tag) mark("error", "twice", "The same tag stands here twice", "PS3.5 7.1");
    else if (before && tag < before.element.tag) mark("warning", "out of order", "Behind a higher tag; tags ascend", "PS3.5 7.1");
    if (!isPrivate(tag) || (tag & 0xffff) < 0x1000) return;
    info.creator = creators.get((tag >>> 16) * 0x100 + ((tag >>> 8) & 0xff)) || "";
    if (!info.creator) mark("warning", "no private creator", "No private creator reserves this block", "PS3.5 7.8.1");
  };

  /* Elements of one level as records: element, row, value, marks, items. */
  const describe = (elements, bytes, above, told) => {
    const context = { ...above };
    const creators = new Map();
    const read = (element) => readValue(element, bytes, { known: standard.vrOf(element.tag), ...context });
    const named = elements.find(({ tag }) => tag === CHARACTER_SET);
    if (named) context.decode = characterSets(read(named).values).decode;
    const signed = elements.find(({ tag }) => tag === PIXEL_REPRESENTATION);
    if (signed) context.pixelRepresentation = Number(read(signed).text);
    let before = null;
    return elements.map((element) => {
      const info = { element, tag: element.tag, row: standard.attribute(element.tag), path: [...context.path, standard.nameOf(element.tag)], marks: [], type: null };
      const mark = (level, brief, message, clause) => {
        info.marks.push({ level, brief });
        told({ level, message, clause, path: info.path, offset: element.offset });
      };
      info.value = read(element);
      if (isCreator(element.tag)) creators.set((element.tag >>> 16) * 0x100 + (element.tag & 0xff), info.value.text);
      checkVr(info, mark);
      checkValue(info, mark);
      checkPlace(info, before, creators, mark);
      info.items = (element.items || []).map((item, number) => {
        const path = [...info.path.slice(0, -1), `${info.path.at(-1)}[${number + 1}]`];
        return { elements: describe(item.elements, bytes, { ...context, path }, told), path, missing: [] };
      });
      before = info;
      return info;
    });
  };

  const byTag = (elements) => new Map(elements.map((info) => [info.tag, info]));
  const isEmpty = (info) => info.value.count === 0 && !info.element.left;

  /* Types of a list of attributes, against what is there; nested ones too (PS3.5 7.4). */
  const applyTypes = (level, entries, missing, path, told, { lenient = false, grave = "error" } = {}) => {
    const there = byTag(level);
    const always = contentItem(entries, there);
    for (const entry of entries) {
      const info = there.get(entry.tag);
      if (!info) {
        const asked = /^[12]$/.test(entry.type) && !lenient && (!always || always.has(entry.tag));
        if (asked) lack(entry, missing, path, (one) => told({ ...one, level: grave }));
        continue;
      }
      const stronger = info.type === null || STRENGTH.indexOf(entry.type) < STRENGTH.indexOf(info.type);
      if (stronger) info.type = entry.type;
      if (/^1C?$/.test(entry.type) && isEmpty(info) && !info.emptyTold) {
        info.emptyTold = true;
        info.marks.push({ level: "error", brief: "empty" });
        told({ level: "error", message: `Empty; Type ${entry.type} needs a value`, clause: "PS3.5 7.4", path: info.path, offset: info.element.offset });
      }
      const inner = standard.itemsOf(entry);
      const groups = entry.tag === SHARED || entry.tag === PER_FRAME; // each macro may stand in either
      if (inner.length) for (const item of info.items) applyTypes(item.elements, inner, item.missing, item.path, told, { lenient: groups });
    }
  };

  /* Of a content item, what it needs whatever its Value Type is (PS3.3 C.17.3); null for anything else. */
  const contentItem = (entries, there) => {
    if (!entries.some(({ tag }) => tag === CONTINUITY)) return null;
    return new Set(there.has(BY_REFERENCE) ? [RELATIONSHIP] : [RELATIONSHIP, VALUE_TYPE]);
  };

  const lack = (entry, missing, path, told) => {
    if (missing.some((one) => one.tag === entry.tag)) return;
    const row = standard.attribute(entry.tag);
    missing.push({ tag: entry.tag, entry, row });
    const words = entry.type === "1" ? "Type 1 needs it, with a value" : "Type 2 needs it, empty if not known";
    told({ level: "error", message: `Missing; ${words}`, clause: "PS3.5 7.4", path: [...path, standard.nameOf(entry.tag)], offset: null });
  };

  /* A module is judged when the IOD always has it, or when something is there that only it asks for. */
  const isUsed = (use, iod, there) => {
    if (use.usage === "M") return true;
    if (use.module.attributes === null) return false;
    const always = iod.uses.filter((one) => one.usage === "M" && one.module.attributes !== null);
    const elsewhere = new Set(always.flatMap((one) => standard.list(one.module.attributes).map(({ tag }) => tag)));
    return standard.list(use.module.attributes).some(({ tag, type }) => /^[12]/.test(type) && there.has(tag) && !elsewhere.has(tag));
  };

  const checkGroups = (iod, elements, told) => {
    const there = byTag(elements);
    const has = (info, tag) => Boolean(info) && info.items.length > 0 && info.items.every((item) => item.elements.some((one) => one.tag === tag));
    const [shared, frames] = [there.get(SHARED), there.get(PER_FRAME)];
    if (!shared && !frames) return;
    for (const [id, usage] of iod.groups) {
      const tag = parseInt(id, 16);
      if (usage !== "M" || has(shared, tag) || has(frames, tag)) continue;
      told({ level: "error", message: "Missing; a mandatory functional group is in the shared item or in that of every frame", clause: "PS3.3 C.7.6.16", path: ["SharedFunctionalGroupsSequence", standard.nameOf(tag)], offset: null });
    }
  };

  const checkModules = (iod, elements, told) => {
    const there = byTag(elements);
    return iod.uses
      .filter((use) => isUsed(use, iod, there))
      .map((use) => {
        const entries = use.module.attributes === null ? [] : standard.list(use.module.attributes);
        const missing = [];
        applyTypes(elements, entries, missing, [], told, { grave: use.usage === "M" ? "error" : "warning" });
        return { use, entries, missing };
      });
  };

  /* Everything that is known of a file: its parts, its IOD, the violations in the order of the file. */
  isocenter.inspect = (file) => {
    const violations = [];
    const seen = new Set();
    const told = (one) => {
      const key = [one.path.join("."), one.message].join("\n");
      if (seen.has(key)) return;
      seen.add(key);
      violations.push(one);
    };
    for (const note of file.notes) {
      const level = /truncated|too|no-item/.test(note.code) ? "error" : "warning";
      told({ level, message: note.message, clause: "PS3.5 7", path: note.tag === null ? [] : [standard.nameOf(note.tag)], offset: note.offset });
    }
    const plain = { decode: characterSets([]).decode, pixelRepresentation: 0, path: [] };
    const meta = describe(file.meta, file.metaBytes, plain, told);
    const elements = describe(file.elements, file.bytes, plain, told);
    const text = (level, tag) => (level.find((info) => info.tag === tag) || { value: { text: "" } }).value.text;
    const sopClass = text(elements, SOP_CLASS) || text(meta, MEDIA_CLASS);
    const iod = standard.iodOfClass.get(sopClass) || null;
    const modules = iod ? checkModules(iod, elements, told) : [];
    if (iod) checkGroups(iod, elements, told);
    return { meta, elements, modules, iod, sopClass, syntax: file.syntax, violations };
  };
})();
