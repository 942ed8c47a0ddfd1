/* Text by Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1). What no set knows becomes U+FFFD. */
(() => {
  "use strict";

  const UNKNOWN = "\ufffd";
  const decoder = (label) => {
    const made = new TextDecoder(label);
    return (bytes) => made.decode(bytes);
  };
  const bytewise = (map) => (bytes) => {
    let text = "";
    for (const byte of bytes) text += map(byte);
    return text;
  };
  /* Latin-1 to the letter: a TextDecoder of that name is Windows-1252. */
  const latin1 = bytewise((byte) => String.fromCharCode(byte));
  const katakana = bytewise((byte) => (byte < 0x80 ? String.fromCharCode(byte) : byte > 0xa0 && byte < 0xe0 ? String.fromCharCode(0xfec0 + byte) : UNKNOWN));
  const raised = (bytes, lead = []) => {
    const found = [];
    for (let at = 0; at < bytes.length; at += 2) {
      if (bytes[at] < 0x21 || at + 1 === bytes.length) found.push(bytes[at--]);
      else found.push(...lead, bytes[at] | 0x80, bytes[at + 1] | 0x80);
    }
    return new Uint8Array(found);
  };
  const wide = (lead) => (bytes) => decoder("euc-jp")(raised(bytes, lead));

  /* Made when asked for. */
  const CODECS = {
    "": () => latin1, // files with more than ISO 646 mean Latin-1
    6: () => latin1,
    13: () => katakana,
    58: () => decoder("gbk"),
    87: () => latin1,
    100: () => latin1,
    101: () => decoder("iso-8859-2"),
    109: () => decoder("iso-8859-3"),
    110: () => decoder("iso-8859-4"),
    126: () => decoder("iso-8859-7"),
    127: () => decoder("iso-8859-6"),
    138: () => decoder("iso-8859-8"),
    144: () => decoder("iso-8859-5"),
    148: () => decoder("windows-1254"),
    149: () => decoder("euc-kr"),
    159: () => latin1,
    166: () => decoder("windows-874"),
    192: () => decoder("utf-8"),
    203: () => decoder("iso-8859-15"),
    GB18030: () => decoder("gb18030"),
    GBK: () => decoder("gbk"),
  };
  const NICKNAMES = { LATIN1: "100", ISO88591: "100", UTF8: "192" };

  /* Escape sequences of PS3.3 tables C.12-3 and C.12-4: which half they change, and to what. */
  const ESCAPES = {
    "(B": { half: 0, codec: "" },
    "(J": { half: 0, codec: "" },
    "$B": { half: 0, decode: wide([]) },
    "$@": { half: 0, decode: wide([]) },
    "$(D": { half: 0, decode: wide([0x8f]) },
    ")I": { half: 1, codec: "13" },
    "-A": { half: 1, codec: "100" },
    "-B": { half: 1, codec: "101" },
    "-C": { half: 1, codec: "109" },
    "-D": { half: 1, codec: "110" },
    "-F": { half: 1, codec: "126" },
    "-G": { half: 1, codec: "127" },
    "-H": { half: 1, codec: "138" },
    "-L": { half: 1, codec: "144" },
    "-M": { half: 1, codec: "148" },
    "-T": { half: 1, codec: "166" },
    "-b": { half: 1, codec: "203" },
    "$)C": { half: 1, codec: "149" },
    "$)A": { half: 1, codec: "58" },
  };
  const ESC = 0x1b;
  const DELIMITERS = new Set([0x09, 0x0a, 0x0c, 0x0d]);

  /* The escape sequence at a place: its name and its length. */
  const escapeAt = (bytes, at) => {
    for (const size of [2, 3]) {
      const name = String.fromCharCode(...bytes.subarray(at + 1, at + 1 + size));
      if (Object.hasOwn(ESCAPES, name)) return { name, size: size + 1 };
    }
    return null;
  };

  /* Text with code extensions: from one escape or delimiter to the next. */
  const extended = (bytes, first, resets) => {
    let [upper, lower] = [first, null];
    let text = "";
    let start = 0;
    const take = (end) => {
      if (end > start) text += (lower || upper)(bytes.subarray(start, end));
    };
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === ESC) {
        take(at);
        const found = escapeAt(bytes, at);
        if (found) {
          const { half, decode, codec } = ESCAPES[found.name];
          if (half) [upper, lower] = [CODECS[codec](), null];
          else lower = decode || null;
        } else text += UNKNOWN;
        start = at + (found ? found.size : 1);
        at = start - 1;
      } else if (DELIMITERS.has(byte) || (!lower && resets.has(byte))) {
        take(at);
        [upper, lower, start] = [first, null, at];
      }
    }
    take(bytes.length);
    return text;
  };

  const known = (term) => {
    const plain = term.toUpperCase().replace(/[^A-Z0-9]/g, "");
    const key = (NICKNAMES[plain] || plain).replace(/^ISO(2022)?IR/, "");
    return Object.hasOwn(CODECS, key) ? key : null;
  };

  /* A function (bytes, VR) -> text for the values of (0008,0005), and the terms that are not known. */
  const characterSets = (terms) => {
    const keys = terms.map(known);
    const first = CODECS[keys[0] || ""]();
    const alone = ["192", "GB18030", "GBK"].includes(keys[0]);
    const several = !alone && (terms.length > 1 || terms.some((term) => term.includes("2022")));
    const [text, single, name] = [new Set([0x5c]), new Set(), new Set([0x5c, 0x5e, 0x3d])];
    const decode = (bytes, vr) => {
      if (!several || !bytes.includes(ESC)) return first(bytes);
      return extended(bytes, first, vr === "PN" ? name : /^(LT|ST|UT)$/.test(vr) ? single : text);
    };
    return { decode, unknown: terms.filter((term, place) => keys[place] === null) };
  };

  Object.assign(isocenter, { characterSets, latin1 });
})();
