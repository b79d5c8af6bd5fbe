// View Chain: who makes what, stage by stage, by material and year; without a brief, of the whole world.
import { element, field, options, slider } from "./parts.js";

export const chain = async (context) => {
  const { t, api, facts, place, show, state, go, complain, alive } = context;
  const known = await api.get("/choices");
  const shown = element("div");
  let asked = 0;

  const drawn = async () => {
    const mine = ++asked;
    shown.classList.add("busy");
    try {
      const part = await api.get(`/chain?${api.query({ material: now.material, year: now.year, brief: facts?.id })}`);
      if (mine !== asked || !alive()) return;
      complain(null);
      await show(shown, part, { choices: { element: state.element, product: state.product }, chosen: (name, value) => go({ [name]: value }, { silent: true }) });
    } catch (error) { if (mine === asked) complain(error); }
    shown.classList.remove("busy");
  };

  const now = { material: state.material ?? "", year: state.year ?? "" };
  const years = known.years[now.material] ?? [];
  const material = element("select", { name: "material" }, options([["", facts ? t("chain.of_brief") : t("chain.magnets")], ...known.materials], now.material));
  material.addEventListener("change", () => go({ material: material.value, year: "" }));
  const year = years.length < 2 ? null : slider({
    label: t("chain.year"), name: "year", min: 0, max: years.length - 1, step: 1, words: (place) => String(years[place]),
    value: Math.max(0, years.indexOf(Number(now.year || known.base))),
    moved: (place) => { now.year = years[place] === known.base ? "" : years[place]; go({ year: now.year }, { silent: true }); drawn(); },
  });
  place.append(element("div", { className: "panel" }, element("div", { className: "fields" }, field(t("chain.material"), material), year), element("p", { textContent: t("chain.note") })), shown);
  await drawn();
};
