// Search: a list of what fits while one types; arrows choose, Enter opens.
import { element } from "./parts.js";

export const searching = (context) => {
  const input = document.getElementById("q"), hits = document.getElementById("hits");
  let found = [], at = -1, timer, asked = 0;

  const close = () => {
    hits.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (one) => {
    close();
    input.value = "";
    const { open = "", view, ...rest } = one.state;
    context().go({ material: "", product: "", ...rest, view, open });
  };
  const mark = (number) => {
    at = (number + found.length) % found.length;
    [...hits.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    input.setAttribute("aria-activedescendant", `hit-${at}`);
    hits.children[at].scrollIntoView({ block: "nearest" });
  };
  const listed = () => {
    const { t } = context();
    hits.replaceChildren(...found.map((one, number) => {
      const item = element("li", { id: `hit-${number}`, attributes: { role: "option", "aria-selected": "false" } },
        one.name, element("small", { textContent: [t(`kinds.${one.kind}`), one.detail].filter(Boolean).join(" · ") }));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); pick(one); });
      return item;
    }));
    if (!found.length) hits.append(element("li", { textContent: t("search.nothing"), attributes: { role: "option", "aria-disabled": "true", "aria-selected": "false" } }));
    hits.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const words = input.value.trim();
    if (!words) { close(); return; }
    timer = setTimeout(async () => {
      const mine = ++asked, { api, complain } = context();
      try {
        const answer = await api.get(`/search?${api.query({ q: words })}`);
        if (mine !== asked) return;
        found = answer;
        at = -1;
        listed();
      } catch (error) { complain(error); }
    }, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (hits.hidden || !found.length) return;
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(at - 1); }
  });
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    if (found.length && !hits.hidden) pick(found[Math.max(0, at)]);
  });
  input.addEventListener("blur", close);
};
