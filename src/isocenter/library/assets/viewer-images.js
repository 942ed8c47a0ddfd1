/* Images on demand: the one that is wanted, its neighbours, and a few that were seen. */
(() => {
  "use strict";

  const KEPT = 32;
  const AHEAD = 3;

  /* Addresses in slice order; get(index) promises a decoded image. */
  const openImages = (urls) => {
    const found = new Map(); // in the order of use

    const fetched = (index) => {
      const image = new Image();
      image.alt = "";
      image.draggable = false;
      image.src = urls[index];
      return image.decode().then(() => image);
    };
    const get = (index) => {
      const known = found.get(index) || fetched(index);
      known.catch(() => found.delete(index)); // the next one who asks tries again
      found.delete(index);
      found.set(index, known);
      if (found.size > KEPT) found.delete(found.keys().next().value);
      return known;
    };
    const near = (index, direction) => {
      for (let step = 1; step <= AHEAD; step++) {
        const next = index + step * direction;
        if (next >= 0 && next < urls.length) get(next);
      }
      const behind = index - direction;
      if (behind >= 0 && behind < urls.length) get(behind);
    };
    return { get, near };
  };

  isocenter.openImages = openImages;
})();
