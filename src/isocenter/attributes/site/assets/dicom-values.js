/* Values of elements as text, and whether each is one of its VR (PS3.5 6.2, table 6.2-1). */
(() => {
  "use strict";

  const { grouped, latin1 } = isocenter;

  const CHARSET_TEXT = new Set("LO LT PN SH ST UC UT".split(" "));
  const SINGLE_TEXT = new Set("LT ST UR UT".split(" "));
  const TEXT = new Set("AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT".split(" "));
  const BULK = { OB: 1, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, UN: 1 };
  const [SHOWN_TEXT, SHOWN_NUMBERS, SHOWN_BYTES] = [4000, 64, 64];

  const hex = (number, digits) => number.toString(16).toUpperCase().padStart(digits, "0");
  const tagText = (tag) => `(${hex(tag >>> 16, 4)},${hex(tag & 0xffff, 4)})`;

  const NUMBERS = {
    AT: [4, (view, at, little) => `(${hex(view.getUint16(at, little), 4)},${hex(view.getUint16(at + 2, little), 4)})`],
    FD: [8, (view, at, little) => String(view.getFloat64(at, little))],
    FL: [4, (view, at, little) => String(Number(view.getFloat32(at, little).toPrecision(8)))],
    SL: [4, (view, at, little) => String(view.getInt32(at, little))],
    SS: [2, (view, at, little) => String(view.getInt16(at, little))],
    SV: [8, (view, at, little) => String(view.getBigInt64(at, little))],
    UL: [4, (view, at, little) => String(view.getUint32(at, little))],
    US: [2, (view, at, little) => String(view.getUint16(at, little))],
    UV: [8, (view, at, little) => String(view.getBigUint64(at, little))],
  };

  /* The VR a value is read as: the file's, else what the dictionary says of the tag. */
  const resolved = (element, known, pixelRepresentation) => {
    const { vr, tag, undefinedLength, length, fragments } = element;
    if (vr && vr !== "UN") return vr;
    if (vr === "UN" && (undefinedLength || length >= 0xffff)) return "UN";
    if (fragments !== undefined) return "OB";
    if (!known) return (tag & 0xffff) === 0 ? "UL" : isCreator(tag) ? "LO" : "UN";
    const choices = known.split(" or ");
    if (choices.includes("OW") && (choices.includes("OB") || length > 6)) return "OW";
    if (choices.includes("SS") && pixelRepresentation) return "SS";
    return choices[0];
  };

  const isCreator = (tag) => Boolean(tag & 0x10000) && (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff;

  const readNumbers = (element, bytes, vr) => {
    const [size, read] = NUMBERS[vr];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const little = element.vr === "UN" || element.encoding.little;
    const count = Math.floor(extent(element) / size);
    const values = [];
    for (let place = 0; place < Math.min(count, SHOWN_NUMBERS); place += 1) values.push(read(view, element.position + place * size, little));
    const faults = extent(element) % size ? [`words of ${size} bytes, not ${grouped(extent(element))} bytes`] : [];
    return { values, count, text: values.join("\\") + (count > values.length ? `… ${grouped(count)} values` : ""), faults };
  };

  /* How many of its bytes are there. */
  const extent = (element) => Math.max(0, element.available ?? (element.undefinedLength ? 0 : element.length));

  const readBytes = (element, bytes) => {
    const size = element.fragments === undefined ? element.length : element.bytes;
    const parts = element.fragments === undefined ? "" : ` in ${grouped(element.fragments)} fragments`;
    const told = `${grouped(size)} bytes${parts}`;
    const start = bytes.subarray(element.position, element.position + Math.min(extent(element), SHOWN_BYTES));
    const plain = start.length && start.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0);
    const quoted = plain && element.vr === "UN" ? latin1(start).replace(/[\0 ]+$/, "") : "";
    return quoted ? `${told}: ${quoted}${size > start.length ? "…" : ""}` : told;
  };

  const split = (text, vr) => {
    const trimmed = (one) => (SINGLE_TEXT.has(vr) ? one.replace(/[\0 ]+$/, "") : one.replace(/^ +|[\0 ]+$/g, ""));
    return SINGLE_TEXT.has(vr) ? [trimmed(text)] : text.split("\\").map(trimmed);
  };

  /* What an element's value is: its VR, its values and their text, and what the VR does not allow. */
  const readValue = (element, bytes, { known, decode, pixelRepresentation }) => {
    const vr = resolved(element, known, pixelRepresentation);
    if (element.items) return { vr: "SQ", count: element.items.length, values: [], text: "", faults: [] };
    if (Object.hasOwn(NUMBERS, vr)) return { vr, ...readNumbers(element, bytes, vr) };
    if (!TEXT.has(vr)) {
      const size = extent(element);
      const word = BULK[vr] || 1;
      const faults = !element.left && size % word ? [`words of ${word} bytes, not ${grouped(size)} bytes`] : [];
      return { vr, values: [], count: extent(element) || element.fragments ? 1 : 0, text: size || element.fragments ? readBytes(element, bytes) : "", faults };
    }
    const raw = bytes.subarray(element.position, element.position + extent(element));
    const text = CHARSET_TEXT.has(vr) ? decode(raw, vr) : latin1(raw);
    const values = split(text, vr);
    const whole = values.join("\\");
    const shown = whole.length > SHOWN_TEXT ? `${whole.slice(0, SHOWN_TEXT)}…` : whole;
    const count = whole === "" ? 0 : values.length;
    return { vr, values, count, text: shown, faults: element.left ? [] : faultsOf(values, vr) };
  };

  // ---- What a VR allows (PS3.5 6.2)

  const CONTROLS = /[\0-\x1f\x7f-\x9f\\]/;
  const CONTROLS_BUT_FORMAT = /[\0-\x08\x0b\x0e-\x1f\x7f-\x9f]/;
  const days = (year, month) => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const isDay = (text) => {
    const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)].map(Number);
    return month >= 1 && month <= 12 && day >= 1 && day <= days(year, month);
  };
  const isTime = (text) => /^([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?$/.test(text);
  const isMoment = (text) => {
    const found = /^(\d{4})(\d\d)?(\d\d)?(\d\d(?:\d\d)?(?:\d\d)?(?:\.\d{1,6})?)?([+-]\d{4})?$/.exec(text);
    if (!found) return false;
    const [, year, month, day, time] = found;
    return isDay(year + (month || "01") + (day || "01")) && (!time || isTime(time));
  };
  const atMost = (count) => [`at most ${grouped(count)} characters`, (text) => [...text].length <= count];
  const form = (says, pattern) => [says, (text) => pattern.test(text)];
  const without = (says, pattern) => [says, (text) => !pattern.test(text)];
  const noControls = without("no control characters and no backslash", CONTROLS);
  const noControlsButFormat = without("no control characters but TAB, LF, FF and CR", CONTROLS_BUT_FORMAT);
  const groups = (says, holds) => [says, (text) => text.split("=").every(holds)];

  const RULES = {
    AE: [atMost(16), form("characters of the default repertoire, no backslash", /^[ -[\]-~]*$/)],
    AS: [form("three digits and one of D, W, M, Y", /^\d{3}[DWMY]$/)],
    CS: [atMost(16), form("A to Z, 0 to 9, space and underscore", /^[A-Z0-9 _]*$/)],
    DA: [form("eight digits, YYYYMMDD", /^\d{8}$/), ["a day of the calendar", isDay]],
    DS: [atMost(16), form("a fixed or floating point number, no blanks inside", /^ *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *$/)],
    DT: [atMost(26), ["a date, a time and an offset from UTC that exist", isMoment]],
    IS: [
      atMost(12),
      form("digits with an optional sign, no blanks inside", /^ *[+-]?\d+ *$/),
      ["from -2^31 to 2^31 - 1", (text) => Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31],
    ],
    LO: [atMost(64), noControls],
    LT: [atMost(10240), noControlsButFormat],
    PN: [
      ["at most three component groups", (text) => text.split("=").length <= 3],
      groups("at most 64 characters in a component group", (group) => [...group].length <= 64),
      groups("at most five components in a group", (group) => group.split("^").length <= 5),
      noControls,
    ],
    SH: [atMost(16), noControls],
    ST: [atMost(1024), noControlsButFormat],
    TM: [atMost(14), ["a time of the day, HHMMSS.FFFFFF, cut off at the end", isTime]],
    UC: [noControls],
    UI: [atMost(64), form("numbers with dots between, no leading zeros", /^(0|[1-9]\d*)(\.(0|[1-9]\d*))*$/)],
    UR: [form("characters of a URI", /^[\w.~:/?#[\]@!$&'()*+,;=%-]* *$/)],
    UT: [noControlsButFormat],
  };

  /* What each rule that a value breaks says; each rule once. */
  const faultsOf = (values, vr) => {
    const broken = new Set();
    for (const value of values) {
      if (!value) continue;
      const rule = RULES[vr].find(([, holds]) => !holds(value));
      if (rule) broken.add(rule[0]);
    }
    return [...broken];
  };

  Object.assign(isocenter, { hex, tagText, isCreator, readValue });
})();
