// View Plan: what to buy and build, for which budget, and what more money would buy.
import { element, slider } from "./parts.js";
import { downloads } from "./brief.js";


export const plan = async (context) => {
  const { t, api, facts, place, show, state, go, complain, alive, language } = context;
  if (!facts) { place.append(element("p", {}, element("a", { className: "button", href: "/", dataset: { view: "brief" }, textContent: t("empty.start") }))); return; }
  if (!facts.planned) { place.append(element("p", { textContent: t("empty.no_plan") })); return; }
  const base = facts.options.budget, main = element("div"), curve = element("div");
  let asked = 0;
  const planned = async (budget) => {
    const mine = ++asked;
    main.classList.add("busy");
    try {
      const part = budget === base ? await api.get(`/briefs/${facts.id}/sections/plan`) : await api.get(`/briefs/${facts.id}/plan?${api.query({ budget })}`);
      if (mine !== asked || !alive()) return;
      complain(null);
      await show(main, part);
      main.dataset.answered = String(budget);
    } catch (error) { if (mine === asked) complain(error); }
    main.classList.remove("busy");
  };
  const most = Math.max(4 * base, 1e9) / 1e9;
  const money = slider({
    label: t("plan.budget"), name: "budget", min: 0, max: most, step: most / 40, value: (state.budget || base) / 1e9, words: (value) => t("plan.usd", { n: Number((1e9 * value / Number(t("plan.size"))).toPrecision(3)).toLocaleString(language) }),
    moved: (value) => { go({ budget: 1e9 * value }, { silent: true }); planned(1e9 * value); },
  });
  const ask = element("button", { type: "button", textContent: t("plan.frontier") });
  ask.addEventListener("click", async () => {
    ask.disabled = true;
    try {
      const job = await api.post(`/briefs/${facts.id}/frontier`);
      await api.follow(job, (now) => { if (now.total) ask.textContent = t("plan.working", { done: now.done, total: now.total }); });
      if (alive()) await show(curve, await api.get(`/jobs/${job.id}/result`));
      ask.hidden = true;
    } catch (error) { complain(error); ask.disabled = false; ask.textContent = t("plan.frontier"); }
  });
  place.append(element("section", { className: "panel", attributes: { "aria-labelledby": "h-money" } }, element("h2", { id: "h-money", textContent: t("plan.title") }),
    element("p", { textContent: t("plan.note") }), element("div", { className: "fields" }, money), element("div", { className: "actions" }, ask), curve),
  downloads(context, [["tables/plan.csv", "CSV"], ["tables/plan.json", "JSON"], ["brief.xlsx", "Excel"]]), main);
  await planned(Number(state.budget || base));
};
