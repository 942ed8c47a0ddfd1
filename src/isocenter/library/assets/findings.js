/* A link to the findings opens their fold. */
(() => {
  "use strict";

  const unfold = () => {
    const target = location.hash === "#findings" && document.getElementById("findings");
    if (!target) return;
    target.closest("details").open = true;
    target.closest("section").scrollIntoView();
  };

  window.addEventListener("hashchange", unfold);
  unfold();
})();
