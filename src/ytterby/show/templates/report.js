// The report's own script: its charts, quotes and links. The modules before it stand in the same scope.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
charts({
  root: document,
  figures: read("data-figures"),
  world: read("data-world"),
  swaps: read("data-swaps"),
  locale: read("data-locale"),
  follow: (anchor) => { location.hash = anchor; },
  changed: () => {},
  signal: new AbortController().signal,
});
marks(document);
window.addEventListener("hashchange", () => { if (location.hash) reveal(location.hash); });
if (location.hash) reveal(location.hash);
