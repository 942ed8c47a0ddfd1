/* The ReV viewer: an example below library-anon/ belongs to the viewer above it. */
(() => {
  "use strict";

  const { year, month, example } = document.documentElement.dataset;
  const address = location.href.split(/[?#]/)[0];
  const at = address.lastIndexOf("/library-anon/");
  // A query means that the viewer's address led back here: going on would never end.
  if (!example || at < 0 || location.search) return;
  isocenter.leaving = true;
  location.replace(`${address.slice(0, at + 1)}?${new URLSearchParams({ year, month, example })}`);
})();
