// Ties quotes to their events: they light up together, and a link to a quote marks it in its article.

const marks = (root) => {
  const light = (ids, on) => ids.forEach((id) => {
    root.querySelectorAll(`mark[data-events~="${id}"], [data-event="${id}"]`).forEach((part) => part.classList.toggle("on", on));
  });
  root.querySelectorAll("mark[data-events], [data-event]").forEach((part) => {
    const ids = (part.dataset.events || part.dataset.event).split(" ");
    for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
      part.addEventListener(name, () => light(ids, on));
    }
  });
};

// Shows the target of an anchor: opens what hides it, scrolls there, marks the quote that it stands for. Says whether there is one.
const reveal = (anchor) => {
  const target = document.getElementById(decodeURIComponent(anchor.slice(1)));
  if (!target) return false;
  for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  target.scrollIntoView({ block: "center" });
  const quote = anchor.startsWith("#quote-") ? anchor.slice(7) : null;
  document.querySelectorAll("mark.found").forEach((mark) => mark.classList.remove("found"));
  if (quote) document.querySelectorAll(`mark[data-events~="${quote}"]`).forEach((mark) => mark.classList.add("found"));
  if (!target.matches("section")) target.focus({ preventScroll: true });
  return true;
};

export { marks, reveal };
