// View Indicators: a ranking with bands; the brief's chain without and with its events; two days beside each other.
import { element, field, options } from "./parts.js";

const ranking = (context, known) => {
  const { t, api, show, state, go, complain } = context;
  const shown = element("div");
  const now = { indicator: state.indicator || "hhi", actor: state.actor || "*", stage: state.stage || "" };
  const formula = element("p");
  const indicator = element("select", { name: "indicator" }, options(known.indicators.map((one) => [one.name, one.title]), now.indicator));
  const actor = element("select", { name: "actor" }), stage = element("select", { name: "stage" }, options([["", t("indicators.every")], ...known.stages], now.stage));
  const fitted = () => {
    const one = known.indicators.find((each) => each.name === now.indicator) ?? known.indicators[0];
    const world = one.views.includes("world") ? [["*", t("indicators.world")]] : [], each = one.views.includes("actor") ? known.actors : [];
    const all = [...world, ...each];
    if (!all.some(([code]) => code === now.actor)) now.actor = all.some(([code]) => code === "USA") ? "USA" : all[0][0];
    actor.replaceChildren(...options(all, now.actor));
    formula.textContent = `${one.formula} (${one.reference})`;
  };
  const drawn = async () => {
    fitted();
    shown.classList.add("busy");
    try { complain(null); await show(shown, await api.get(`/indicators/${now.indicator}/ranking?${api.query({ actor: now.actor, stage: now.stage })}`)); } catch (error) { complain(error); }
    shown.classList.remove("busy");
  };
  for (const [name, control] of Object.entries({ indicator, actor, stage })) {
    control.addEventListener("change", () => { now[name] = control.value; go({ [name]: control.value }, { silent: true }); drawn(); });
  }
  return [element("section", { attributes: { "aria-labelledby": "h-ranking" } }, element("h2", { id: "h-ranking", textContent: t("indicators.ranking") }),
    element("div", { className: "panel" }, element("div", { className: "fields" }, field(t("indicators.indicator"), indicator), field(t("indicators.actor"), actor), field(t("indicators.stage"), stage)), formula), shown), drawn];
};

const days = (context) => {
  const { t, api, show, facts, state, go, complain } = context;
  const shown = element("div");
  const now = { before: state.before || `${Number(facts.on.slice(0, 4)) - 1}${facts.on.slice(4)}`, after: state.after || facts.on };
  const drawn = async () => { try { complain(null); await show(shown, await api.get(`/briefs/${facts.id}/days?${api.query(now)}`)); } catch (error) { complain(error); } };
  const date = (name) => {
    const input = element("input", { type: "date", name, value: now[name] });
    input.addEventListener("change", () => { if (input.value) { now[name] = input.value; go({ [name]: input.value }, { silent: true }); drawn(); } });
    return field(t(`indicators.${name}`), input);
  };
  const turn = element("button", { type: "button", textContent: t("indicators.swap") });
  turn.addEventListener("click", () => go({ before: now.after, after: now.before }));
  return [element("section", { className: "panel", attributes: { "aria-labelledby": "h-days" } }, element("h2", { id: "h-days", textContent: t("indicators.days") }), element("p", { textContent: t("indicators.days_note") }),
    element("div", { className: "fields" }, date("before"), date("after"), turn), shown), drawn];
};

export const indicators = async (context) => {
  const { api, facts, place, show } = context;
  const known = await api.get("/choices");
  const [ranked, drawn] = ranking(context, known);
  if (facts) {
    const main = element("div"), [panel, compared] = days(context);
    place.append(main, panel, ranked);
    await Promise.all([show(main, await api.get(`/briefs/${facts.id}/sections/indicators`)), compared()]);
  } else {
    place.append(ranked);
  }
  await drawn();
};
