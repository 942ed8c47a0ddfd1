/* The bytes of a DICOM file become elements (PS3.10 7, PS3.5 7); their values stay where they are.

   In: the bytes, or the first of them. Out: the elements of file meta and data set, each with tag, VR,
   offset and items, and notes about what is wrong. Nothing is thrown for a broken file: what came
   before the break is there. Every step goes forward, and depth and number of elements are
   limited, so that no file keeps the page busy. */
(() => {
  "use strict";

  const UNDEFINED = 0xffffffff;
  const [ITEM, ITEM_END, SEQUENCE_END] = [0xfffee000, 0xfffee00d, 0xfffee0dd];
  const [DEPTH, ELEMENTS, INFLATED] = [100, 300_000, 1 << 26];
  const LONG = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
  const SHORT = new Set("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(" "));
  const PIXELS = new Set([0x7fe00008, 0x7fe00009, 0x7fe00010]);
  const EXPLICIT = { explicit: true, little: true };
  const IMPLICIT = { explicit: false, little: true };
  const BIG = { explicit: true, little: false };
  const SYNTAXES = {
    "1.2.840.10008.1.2": IMPLICIT,
    "1.2.840.10008.1.2.2": BIG,
    "1.2.840.10008.1.20": IMPLICIT, // Papyrus
    "1.2.840.113619.5.2": IMPLICIT, // GE, big endian in its pixels alone
  };
  const DEFLATED = new Set(["1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"]);

  const capital = (byte) => byte >= 0x41 && byte <= 0x5a;
  const letters = (bytes, at) => String.fromCharCode(bytes[at], bytes[at + 1]);
  const hasVr = (bytes, at) => LONG.has(letters(bytes, at + 4)) || SHORT.has(letters(bytes, at + 4));

  /* One run over a buffer: where it is read, what was noted, how much more may come. */
  const openStream = (bytes, whole, vrOf) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const notes = [];
    let left = ELEMENTS;

    const note = (code, message, offset, tag = null) => {
      if (notes.length < 1000) notes.push({ code, message, offset, tag });
    };
    const tagAt = (at, { little }) => view.getUint16(at, little) * 0x10000 + view.getUint16(at + 2, little);
    const lengthAt = (at, { little }) => view.getUint32(at, little);

    /* Two capitals are a VR, if a later one (PS3.5 6.2); anything else is an element in implicit VR. */
    const header = (at, end, encoding) => {
      const tag = tagAt(at, encoding);
      if (!encoding.explicit) return { tag, vr: null, length: lengthAt(at + 4, encoding), position: at + 8 };
      const vr = letters(bytes, at + 4);
      const short = view.getUint16(at + 6, encoding.little);
      if (SHORT.has(vr)) return { tag, vr, length: short, position: at + 8 };
      if (LONG.has(vr) || (capital(bytes[at + 4]) && capital(bytes[at + 5]))) {
        if (at + 12 > end) return null;
        const known = LONG.has(vr) ? vr : "UN";
        return { tag, vr: known, length: lengthAt(at + 8, encoding), position: at + 12 };
      }
      const length = lengthAt(at + 4, encoding);
      if (length === UNDEFINED || at + 8 + length <= end) return { tag, vr: null, length, position: at + 8 };
      return { tag, vr: "UN", length: short, position: at + 8 };
    };

    const onlyZeros = (at, end) => {
      while (at < end && !bytes[at]) at += 1;
      return at === end;
    };

    /* Elements up to `end`, in an item of undefined length up to its delimiter; `stop` ends it earlier. */
    const readLevel = (start, end, encoding, { open = false, depth = 0, stop = null } = {}) => {
      const elements = [];
      let at = start;
      let zeros = true;
      while (at < end) {
        if (at + 8 > end) {
          if (!onlyZeros(at, end)) note("truncated", "The data ends inside an element's header", at);
          return { elements, at: end };
        }
        const tag = tagAt(at, encoding);
        if (stop && stop(tag)) break;
        if (tag === ITEM_END && open) return { elements, at: at + 8 };
        if (tag === SEQUENCE_END && open) {
          note("missing-delimiter", "The item has no end; that of its sequence ends it", at);
          return { elements, at };
        }
        if (tag === ITEM || tag === ITEM_END || tag === SEQUENCE_END) {
          note("stray-delimiter", "An item or a delimiter outside of any sequence", at, tag);
          const length = lengthAt(at + 4, encoding);
          at += 8 + (length === UNDEFINED ? 0 : length);
          continue;
        }
        if (tag === 0 && zeros) {
          if (onlyZeros(at, end)) {
            note("trailing-zeros", "Zeros behind the last element", at);
            return { elements, at: end };
          }
          zeros = false; // looked at once, so that a file of zeros costs one walk
        }
        left -= 1;
        if (left < 0) {
          if (left === -1) note("too-many", `More than ${isocenter.grouped(ELEMENTS)} elements: the rest is not shown`, at);
          return { elements, at: end };
        }
        const head = header(at, end, encoding);
        if (!head) {
          note("truncated", "The data ends inside an element's header", at, tag);
          return { elements, at: end };
        }
        const element = { ...head, offset: at, encoding, undefinedLength: head.length === UNDEFINED };
        at = readContent(element, end, depth);
        elements.push(element);
      }
      if (open) note("truncated", "The data ends inside an item", end);
      return { elements, at };
    };

    /* Items, fragments, or nothing to be read; where the next element is. */
    const readContent = (element, end, depth) => {
      const { tag, position, undefinedLength } = element;
      const expected = element.vr || vrOf(tag);
      if (!undefinedLength && position + element.length > end) {
        const inFile = end === bytes.length && position + element.length <= whole;
        element.left = inFile ? "not read" : "cut off";
        if (!inFile) {
          const have = end - position;
          note("truncated", `The value needs ${element.length} bytes, there are ${have}`, element.offset, tag);
        }
        element.available = end - position;
        if (expected !== "SQ") return end;
      }
      if (undefinedLength && (PIXELS.has(tag) || /^O[BDFLVW]$/.test(element.vr || ""))) return readFragments(element, end);
      const known = element.vr === "UN" && !undefinedLength && element.length < 0xffff && vrOf(tag) === "SQ";
      if (!undefinedLength && expected !== "SQ" && !known) return position + element.length;
      if (depth >= DEPTH) {
        note("too-deep", `Nested deeper than ${DEPTH} levels: not read`, element.offset, tag);
        return undefinedLength ? end : Math.min(position + element.length, end);
      }
      element.items = [];
      const inner = element.vr === "UN" ? IMPLICIT : element.encoding; // PS3.5 6.2.2
      const stop = undefinedLength ? end : Math.min(position + element.length, end);
      const after = readItems(element, stop, inner, depth);
      return undefinedLength ? after : stop;
    };

    const readItems = (element, end, encoding, depth) => {
      let at = element.position;
      while (at + 8 <= end && left > 0) {
        const tag = tagAt(at, encoding);
        if (tag === SEQUENCE_END) return at + 8;
        if (tag !== ITEM) {
          note("no-item", "Something else stands where an item should be", at, element.tag);
          return at;
        }
        left -= 1;
        const length = lengthAt(at + 4, encoding);
        const open = length === UNDEFINED;
        const start = at + 8;
        const close = open ? end : Math.min(start + length, end);
        if (!open && start + length > end) note("truncated", "The item is longer than its sequence", at, element.tag);
        const level = readLevel(start, close, encoding, { open, depth: depth + 1 });
        element.items.push({ elements: level.elements, offset: at });
        at = open ? level.at : close;
      }
      if (element.undefinedLength) note("truncated", "The data ends inside a sequence", at, element.tag);
      return end;
    };

    const readFragments = (element, end) => {
      let at = element.position;
      element.fragments = 0;
      element.bytes = 0;
      while (at + 8 <= end) {
        const tag = tagAt(at, element.encoding);
        const length = lengthAt(at + 4, element.encoding);
        if (tag === SEQUENCE_END) return at + 8;
        if (tag !== ITEM || length === UNDEFINED) {
          note("no-item", "Something else stands where a fragment should be", at, element.tag);
          return end;
        }
        element.fragments += 1;
        element.bytes += length;
        at += 8 + length;
      }
      if (whole > bytes.length) element.left = "not read";
      else note("truncated", "The data ends inside the fragments", end, element.tag);
      return end;
    };

    return { bytes, view, notes, note, tagAt, lengthAt, readLevel };
  };

  /* Whether an implicit length that reads like a VR leads to the next element. */
  const leadsOn = (stream, at, encoding, vrOf) => {
    const next = at + 8 + stream.lengthAt(at + 4, encoding);
    if (next + 8 > stream.bytes.length) return false;
    const tag = stream.tagAt(next, encoding);
    return stream.tagAt(at, encoding) < tag && Boolean(vrOf(tag));
  };

  /* What the first element shows, where it contradicts the transfer syntax. */
  const matching = (stream, at, declared, vrOf) => {
    const { bytes } = stream;
    if (bytes.length < at + 8) return declared;
    const explicit = hasVr(bytes, at);
    const zeros = !(bytes[at] || bytes[at + 1] || bytes[at + 2] || bytes[at + 3]);
    if (explicit === declared.explicit || zeros) return declared;
    if (explicit) return leadsOn(stream, at, declared, vrOf) ? declared : declared.little ? EXPLICIT : BIG;
    return capital(bytes[at + 4]) && capital(bytes[at + 5]) ? declared : IMPLICIT;
  };

  /* Without preamble: the first element is known, and its length leads to another one. */
  const startsDataset = (stream, encoding, vrOf) => {
    const { bytes } = stream;
    if (bytes.length < 16 || encoding.explicit !== hasVr(bytes, 0)) return false;
    const tag = stream.tagAt(0, encoding);
    if (![0x0002, 0x0008].includes(tag >>> 16) || !vrOf(tag)) return false;
    const vr = letters(bytes, 4);
    let next = 8 + stream.lengthAt(4, encoding);
    if (encoding.explicit) next = LONG.has(vr) ? 12 + stream.lengthAt(8, encoding) : 8 + stream.view.getUint16(6, encoding.little);
    if (next + 8 > bytes.length) return false;
    const following = stream.tagAt(next, encoding);
    return tag < following && following < 0x00200000;
  };

  const inflate = async (bytes) => {
    if (!("DecompressionStream" in window)) return { bytes: new Uint8Array(), problem: "This browser cannot inflate" };
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const parts = [];
    let size = 0;
    let problem = null;
    try {
      while (size < INFLATED) {
        const { done, value } = await reader.read();
        if (done) break;
        parts.push(value);
        size += value.length;
      }
      if (size >= INFLATED) problem = `Only the first ${isocenter.grouped(INFLATED)} bytes were inflated`;
      reader.cancel().catch(() => {});
    } catch {
      problem = "The deflated data is damaged"; // a file that was padded ends so, too
    }
    const joined = new Uint8Array(size);
    parts.reduce((at, part) => (joined.set(part, at), at + part.length), 0);
    return { bytes: joined, problem: size && problem === "The deflated data is damaged" ? null : problem };
  };

  const textOf = (stream, element) => {
    let text = "";
    const end = Math.min(element.position + Math.min(element.length, 64), stream.bytes.length);
    for (let at = element.position; at < end; at += 1) text += String.fromCharCode(stream.bytes[at]);
    return text.replace(/[\0 ]+$/, "");
  };

  /* The file: null when it is none. `whole` is its size where `bytes` are its beginning only. */
  const readFile = async (bytes, vrOf, whole = bytes.length) => {
    let stream = openStream(bytes, whole, vrOf);
    const prefixed = bytes.length >= 132 && String.fromCharCode(...bytes.subarray(128, 132)) === "DICM";
    const start = prefixed ? 132 : 0;
    const bare = prefixed ? null : [EXPLICIT, IMPLICIT, BIG].find((one) => startsDataset(stream, one, vrOf));
    if (!prefixed && !bare) return null;
    if (!prefixed) stream.note("no-preamble", "There is no preamble and no DICM prefix", 0);

    const hasMeta = bytes.length >= start + 8 && stream.tagAt(start, EXPLICIT) >>> 16 === 0x0002;
    const metaEncoding = matching(stream, start, EXPLICIT, vrOf);
    const meta = hasMeta
      ? stream.readLevel(start, bytes.length, metaEncoding, { stop: (tag) => tag >>> 16 !== 0x0002 })
      : { elements: [], at: start };
    const named = meta.elements.find(({ tag }) => tag === 0x00020010);
    const syntax = named ? textOf(stream, named) : "";
    if (!hasMeta) stream.note("no-file-meta", "There is no File Meta Information", start);
    else if (!syntax) stream.note("no-transfer-syntax", "The Transfer Syntax UID (0002,0010) is missing", start);

    const metaStream = stream;
    let at = meta.at;
    const deflated = DEFLATED.has(syntax);
    if (deflated) {
      const inflated = await inflate(bytes.subarray(at));
      stream = openStream(inflated.bytes, inflated.bytes.length, vrOf);
      if (inflated.problem) stream.note("deflated", inflated.problem, at);
      at = 0;
    }
    const declared = syntax ? SYNTAXES[syntax] || EXPLICIT : (!hasMeta && bare) || guessed(stream, at);
    const encoding = matching(stream, at, declared, vrOf);
    if (encoding !== declared) stream.note("wrong-transfer-syntax", "The transfer syntax is not the one the file names", at);
    const { elements } = stream.readLevel(at, stream.bytes.length, encoding);
    const notes = deflated ? [...metaStream.notes, ...stream.notes] : stream.notes;
    return { meta: meta.elements, elements, syntax, encoding, deflated, notes, bytes: stream.bytes, metaBytes: bytes };
  };

  const guessed = (stream, at) => (at + 8 <= stream.bytes.length && hasVr(stream.bytes, at) ? EXPLICIT : IMPLICIT);

  isocenter.readDicom = readFile;
})();
