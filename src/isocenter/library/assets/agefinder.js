/* The age finder: from two dates, or from an age, to the studies nearest in days. */
(() => {
  "use strict";

  const { data, grouped } = isocenter;
  const SHOWN = 5;
  const DAY = 86400000;
  const YEAR = 365.2425;

  const days = (count) => `${grouped(count)} ${count === 1 ? "day" : "days"}`;

  /* Age in days, null while nothing is filled in, NaN for what is no age. */
  const ofDates = ({ born, scanned }) => {
    if (!born.value || !scanned.value) return null;
    const age = Math.round((scanned.valueAsNumber - born.valueAsNumber) / DAY);
    return age < 0 ? NaN : age;
  };
  const ofAge = (fields) => {
    const parts = [fields.years, fields.months, fields.days];
    if (parts.every((field) => field.value === "" && field.validity.valid)) return null;
    if (!parts.every((field) => field.validity.valid)) return NaN;
    const [years, months, more] = parts.map((field) => Number(field.value));
    return Math.round(years * YEAR + (months * YEAR) / 12 + more);
  };

  const row = ([page, name, words, age, exact], wanted) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = page;
    link.textContent = name;
    const about = document.createElement("span");
    about.textContent = words;
    const distance = document.createElement("span");
    distance.className = "counts";
    const away = age - wanted;
    const side = away < 0 ? "younger" : "older";
    const far = away === 0 ? "the same day" : `${days(Math.abs(away))} ${side}`;
    distance.textContent = `${exact ? "" : "about "}${far}`;
    item.append(link, " ", about, " ", distance);
    return item;
  };

  const start = (form) => {
    const found = form.querySelector("[data-nearest]");
    const said = form.querySelector("[data-age]");
    const fields = form.elements;

    const find = () => {
      const wanted = ofDates(fields) ?? ofAge(fields);
      found.replaceChildren();
      if (wanted === null) return (said.textContent = "");
      if (Number.isNaN(wanted)) return (said.textContent = "This is no age.");
      const near = [...data.ages].sort((a, b) => Math.abs(a[3] - wanted) - Math.abs(b[3] - wanted));
      found.append(...near.slice(0, SHOWN).map((one) => row(one, wanted)));
      return (said.textContent = `${days(wanted)} old. The nearest examples:`);
    };
    /* One way at a time: what is typed here empties the other way. */
    form.addEventListener("input", ({ target }) => {
      const mine = target.closest("fieldset");
      for (const other of form.querySelectorAll("input")) {
        if (other.closest("fieldset") !== mine) other.value = "";
      }
      find();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("pageshow", find); // the way back restores what was typed
  };

  const form = document.querySelector("[data-age-finder]");
  if (form && data.ages) start(form);
})();
