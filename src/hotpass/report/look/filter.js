// Filters what is on the page. It holds no data and makes no markup: it only hides and shows, and counts.
(() => {
  "use strict";
  const find = (id) => document.getElementById(id);
  const bar = find("filters");
  const picks = ["kind", "table", "column"].map((name) => [name, find("f-" + name)]).filter(([, pick]) => pick);
  const search = find("f-search");
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const said = (count) => count.toLocaleString("en");

  const groups = [];
  const sections = [];
  const items = [];
  for (const section of document.querySelectorAll("section.table")) {
    const whole = { node: section, left: 0 };
    sections.push(whole);
    for (const node of section.querySelectorAll(".group")) {
      const group = { node, left: 0, section: whole };
      groups.push(group);
      for (const item of node.querySelectorAll("[data-kind]")) {
        items.push({
          node: item,
          group,
          kind: item.dataset.kind,
          table: section.dataset.table,
          column: item.dataset.column.split(" "),
          words: null,
        });
      }
    }
  }

  const fits = (item, wanted, words) => {
    if (wanted.kind && item.kind !== wanted.kind) return false;
    if (wanted.table && item.table !== wanted.table) return false;
    if (wanted.column && !item.column.includes(wanted.column)) return false;
    if (!words.length) return true;
    item.words ??= fold(item.node.textContent);
    return words.every((word) => item.words.includes(word));
  };

  const apply = () => {
    const wanted = Object.fromEntries(picks.map(([name, pick]) => [name, pick.value]));
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    for (const part of groups.concat(sections)) part.left = 0;
    let left = 0;
    for (const item of items) {
      const fit = fits(item, wanted, words);
      if (item.node.hidden === fit) item.node.hidden = !fit;
      if (fit) {
        left += 1;
        item.group.left += 1;
        item.group.section.left += 1;
      }
    }
    for (const part of groups.concat(sections)) part.node.hidden = part.left === 0;
    const filtered = words.length > 0 || Object.values(wanted).some(Boolean);
    find("count").textContent = filtered
      ? `${said(left)} of ${said(items.length)} shown`
      : `${said(items.length)} shown`;
    find("reset").hidden = !filtered;
    find("none").hidden = left > 0;
  };

  const reset = () => {
    for (const [, pick] of picks) pick.value = "";
    search.value = "";
    apply();
    search.focus();
  };

  let waiting = 0;
  for (const [, pick] of picks) pick.addEventListener("change", apply);
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  for (const button of document.querySelectorAll(".reset")) button.addEventListener("click", reset);

  bar.hidden = false;
  // A browser may have kept the choices of an earlier visit.
  apply();
})();
