// Filters the cases, opens and closes them. Without it the page reads the same, only unfiltered.
"use strict";
(() => {
  const cases = [...document.querySelectorAll(".case")];
  const bar = document.getElementById("filter");
  if (!bar) return;
  const [words, standing, language, tag] = ["words", "standing", "language", "tag"].map((id) => document.getElementById(id));
  const count = document.getElementById("count");
  bar.hidden = false;

  const fits = (one) =>
    one.dataset.words.includes(words.value.trim().toLowerCase()) &&
    (!standing.value || one.dataset.standing.split(" ").includes(standing.value)) &&
    (!language.value || one.dataset.language === language.value) &&
    (!tag.value || JSON.parse(one.dataset.tags).includes(tag.value));

  const filter = () => {
    let shown = 0;
    for (const one of cases) {
      one.hidden = !fits(one);
      shown += one.hidden ? 0 : 1;
    }
    for (const part of document.querySelectorAll(".part")) part.hidden = !part.querySelector(".case:not([hidden])");
    count.textContent = `${shown} of ${cases.length} cases`;
  };
  bar.addEventListener("input", filter);
  bar.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("open").addEventListener("click", () => {
    const some = cases.filter((one) => !one.hidden).slice(0, 100);
    const open = some.some((one) => !one.open);
    for (const one of some) one.open = open;
  });

  const follow = () => {
    const one = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (one instanceof HTMLDetailsElement) {
      if (one.hidden) { bar.reset(); filter(); }
      one.open = true;
      one.scrollIntoView();
    }
  };
  addEventListener("hashchange", follow);
  filter();
  follow();
})();
