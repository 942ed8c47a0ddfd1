/* Root page of a library by study: some patients at a time, of any number. */
(() => {
  "use strict";

  const { all, data, grouped, startPanelButton, startThumb } = isocenter;

  const AT_A_TIME = 40; // studies: a screen of a few hundred pictures, loaded when they are seen
  const NO_BREAK = "\u00a0";

  const { names } = data.studies;
  const counted = (count, one, several) => `${grouped(count)}${NO_BREAK}${count === 1 ? one : several}`;
  const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  /* One entry for each series, with what the filter looks through. */
  const readSeries = (row, patient, study) => {
    const [folder, title, modality, frames, middle, strips, anchor, badges, place] = row;
    const within = `${study.folder}/${folder}`;
    const page = `${study.folder}/${names.page}#${anchor}`;
    const words = [patient.name, patient.about, study.date, study.description, title, modality, place];
    return { within, page, title, modality, frames, middle, strips, badges, text: words.join(" ").toLowerCase() };
  };

  const patients = data.studies.patients.map(([name, about, studies]) => {
    const patient = { name, about };
    patient.studies = studies.map(([folder, date, description, badges, rows]) => {
      const study = { folder, date, description, badges };
      study.series = rows.map((row) => readSeries(row, patient, study));
      return study;
    });
    return patient;
  });
  const total = patients.flatMap(({ studies }) => studies).reduce((sum, { series }) => sum + series.length, 0);

  /* ---- What is shown of a series, a study, a patient */

  const addBadges = (line, badges) => {
    for (const [level, count] of badges) {
      const badge = document.createElement("span");
      badge.className = `badge ${level}`;
      badge.textContent = counted(count, level, `${level}s`);
      line.append(badge);
    }
  };

  const setThumb = (item, series) => {
    const link = item.querySelector("a.thumb");
    const [[shown, start] = [], [large] = []] = series.strips;
    link.href = series.page;
    link.querySelector(series.middle ? ".no-picture" : ".still").remove();
    if (series.middle) {
      const still = link.querySelector(".still");
      still.alt = `${series.title}, middle image`;
      still.src = `${series.within}/${names.pictures}/${series.middle}`;
    }
    if (!shown) {
      for (const mark of all("[data-position], .bar", link)) mark.remove();
      return;
    }
    Object.assign(link.dataset, { thumb: "", strip: `${series.within}/${names.preview}`, shown, start });
    link.querySelector("[data-position]").textContent = grouped(shown);
    if (large && shown < series.frames) {
      const notice = item.querySelector("[data-notice]");
      notice.hidden = false;
      notice.textContent = `${grouped(shown)} of ${grouped(series.frames)} frames in the strip`;
    }
  };

  const setTags = (button, series) => {
    const [, [shown, start] = []] = series.strips;
    if (!series.middle) return button.remove();
    button.href = `${series.within}/${names.tags}`;
    button.ariaLabel = `Tags of ${series.title}`;
    if (!shown) return undefined;
    Object.assign(button.dataset, {
      panel: series.title,
      example: series.page,
      still: `${series.within}/${names.pictures}/${series.middle}`,
      strip: `${series.within}/${names.rawPreview}`,
      total: series.frames,
      shown,
      start,
    });
    return startPanelButton(button);
  };

  const seriesItem = (series) => {
    const item = copy("series");
    item.querySelector("[data-title]").textContent = series.title;
    const facts = [series.modality, series.frames && counted(series.frames, "image", "images")];
    item.querySelector("[data-counts]").textContent = facts.filter(Boolean).join(" · ");
    setThumb(item, series);
    setTags(item.querySelector(".small-button"), series);
    addBadges(item.querySelector("[data-badges]"), series.badges);
    for (const link of all("[data-thumb]", item)) startThumb(link);
    return item;
  };

  const studyBlock = ({ study, series }) => {
    const block = copy("study");
    const link = block.querySelector("[data-page]");
    link.textContent = study.date;
    link.href = `${study.folder}/${names.page}`;
    block.querySelector("[data-description]").textContent = study.description;
    const images = series.reduce((sum, { frames }) => sum + frames, 0);
    block.querySelector("[data-counts]").textContent =
      `${counted(series.length, "series", "series")} · ${counted(images, "image", "images")}`;
    addBadges(block.querySelector("[data-badges]"), study.badges);
    block.querySelector("[data-series]").append(...series.map(seriesItem));
    return block;
  };

  const patientSection = ({ name, about }) => {
    const section = copy("patient");
    section.querySelector("[data-name]").textContent = name;
    section.querySelector("[data-about]").textContent = about;
    return section;
  };

  /* ---- The list: what matches, and as much of it as was asked for */

  const list = document.querySelector("[data-patients]");
  const form = document.querySelector("[data-filter]");
  const further = document.querySelector("[data-further]");
  let matching = [];
  let shown = 0;
  let last = null; // the patient that the list ends with, and its section

  const showMore = () => {
    const next = matching.slice(shown, shown + AT_A_TIME);
    for (const found of next) {
      if (last === null || last.patient !== found.patient) {
        last = { patient: found.patient, section: patientSection(found.patient) };
        list.append(last.section);
      }
      last.section.append(studyBlock(found));
    }
    shown += next.length;
    further.hidden = shown >= matching.length;
    further.querySelector("[data-shown]").textContent =
      `${grouped(shown)} of ${grouped(matching.length)} studies are shown`;
  };

  const find = () => {
    const { text, modality } = form.elements;
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = modality ? modality.value : "";
    const fits = (series) =>
      (!wanted || series.modality === wanted) && words.every((word) => series.text.includes(word));
    matching = patients.flatMap((patient) =>
      patient.studies
        .map((study) => ({ patient, study, series: study.series.filter(fits) }))
        .filter(({ series }) => series.length),
    );
    return words.length > 0 || Boolean(wanted);
  };

  const apply = () => {
    const filtered = find();
    const count = matching.reduce((sum, { series }) => sum + series.length, 0);
    form.querySelector("[data-found]").textContent = filtered ? `${grouped(count)} of ${grouped(total)} series` : "";
    document.querySelector("[data-nothing]").hidden = count > 0;
    list.replaceChildren();
    shown = 0;
    last = null;
    showMore();
  };

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  further.querySelector("[data-more]").addEventListener("click", () => {
    const before = all("[data-page]", list).length;
    showMore();
    all("[data-page]", list)[before].focus(); // the button has moved away from who pressed it
  });
  window.addEventListener("pageshow", () => find() && apply()); // the way back restores what was typed
  apply();
})();
