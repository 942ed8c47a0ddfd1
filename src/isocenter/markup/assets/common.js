/* What every script of a page uses, and the hand-over of data from scripts beside a page. */
(() => {
  "use strict";

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  /* 1,000; toLocaleString takes 60 ms when it is first called. */
  const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

  /* Data comes as classic scripts that call register: from file:// nothing can be fetched. */
  const data = {};
  const takers = new Map();

  const register = (name, value) => {
    const take = takers.get(document.currentScript);
    if (take) take(value);
    else data[name] = value;
  };

  const load = (url) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const end = () => {
        takers.delete(script);
        script.remove();
      };
      takers.set(script, resolve);
      script.addEventListener("load", end);
      script.addEventListener("error", () => {
        end();
        reject(new Error(url));
      });
      script.src = url;
      document.head.append(script);
    });

  window.isocenter = { all, clamp, grouped, plain, data, register, load };
})();
