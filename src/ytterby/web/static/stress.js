// View Stress: the shortfalls of the brief, what if a control were harder, and two scenarios beside each other.
import { element, field, options, slider } from "./parts.js";
import { downloads } from "./brief.js";

const percent = (value) => `${Math.round(100 * value)} %`;

const whatIf = async (context, now) => {
  const { t, api, facts, show, go, complain, alive } = context;
  const begin = await api.get(`/briefs/${facts.id}/sliders`);
  const usual = begin.delay_days[now.scenario];
  const shown = element("div", { className: "answer", attributes: { "aria-live": "polite" } });
  const file = element("a", { className: "button", textContent: t("downloads.scenario"), download: "what-if.toml", hidden: true });
  let asked = 0;
  const answer = async () => {
    const mine = ++asked;
    shown.classList.add("busy");
    try {
      const part = await api.post(`/briefs/${facts.id}/what-if`, {
        scenario: now.scenario, actor: now.country, severity: Number(now.severity), cover: Number(now.cover), delay_days: now.delay === "" ? null : Number(now.delay),
      });
      if (mine !== asked || !alive()) return;
      complain(null);
      await show(shown, part);
      URL.revokeObjectURL(file.href);
      file.href = URL.createObjectURL(new Blob([part.scenario], { type: "application/toml" }));
      file.hidden = false;
      shown.dataset.answered = String(mine);
    } catch (error) { if (mine === asked) complain(error); }
    shown.classList.remove("busy");
  };
  const moved = (name) => (value) => { now[name] = value; go({ [name]: value }, { silent: true }); answer(); };
  const scenario = element("select", { name: "scenario" }, options(facts.scenarios.map((one) => [one.name, `${one.title} (${percent(one.weight)})`]), now.scenario));
  const country = element("select", { name: "country" }, options(now.countries, now.country));
  scenario.addEventListener("change", () => go({ scenario: scenario.value, delay: "" }));
  country.addEventListener("change", () => go({ country: country.value }));
  const cover = begin.days_of_cover ?? 0;
  const panel = element("section", { className: "panel", id: "what-if", attributes: { "aria-labelledby": "h-what-if" } },
    element("h2", { id: "h-what-if", textContent: t("what_if.title") }), element("p", { textContent: t("what_if.note") }),
    element("div", { className: "fields" }, field(t("what_if.scenario"), scenario), field(t("what_if.country"), country),
      slider({ label: t("what_if.severity"), name: "severity", min: 0, max: 2, step: 0.05, value: now.severity, words: percent, moved: moved("severity") }),
      usual ? slider({ label: t("what_if.delay"), name: "delay", min: 0, max: 365, step: 1, value: now.delay === "" ? usual : now.delay, words: (days) => t("days", { days }), moved: moved("delay") }) : null,
      slider({ label: t("what_if.cover"), name: "cover", min: 0, max: 5, step: 0.1, value: now.cover, words: (times) => t("days", { days: Math.round(times * cover) }), moved: moved("cover") })),
    shown,
    element("div", { className: "actions" }, file, element("button", { type: "button", textContent: t("what_if.back"), onclick: () => go({ severity: "", delay: "", cover: "" }) })));
  return [panel, answer];
};

const beside = (context, now) => {
  const { t, api, facts, show, go, complain } = context;
  const shown = element("div");
  const names = facts.scenarios.map((one) => [one.name, one.title]);
  const one = element("select", { name: "one" }, options(names, now.scenario)), other = element("select", { name: "other" }, options([["", "–"], ...names], now.against));
  const drawn = async () => {
    if (!other.value) { shown.replaceChildren(); return; }
    try { await show(shown, await api.get(`/briefs/${facts.id}/compare?${api.query({ one: one.value, other: other.value, actor: now.country })}`)); } catch (error) { complain(error); }
  };
  one.addEventListener("change", drawn);
  other.addEventListener("change", () => { go({ against: other.value }, { silent: true }); drawn(); });
  return [element("section", { className: "panel", id: "beside", attributes: { "aria-labelledby": "h-beside" } },
    element("h2", { id: "h-beside", textContent: t("compare.title") }), element("p", { textContent: t("compare.note") }),
    element("div", { className: "fields" }, field(t("compare.one"), one), field(t("compare.other"), other)), shown), drawn];
};

export const stress = async (context) => {
  const { t, api, facts, place, show, state, go } = context;
  if (!facts) { place.append(element("p", {}, element("a", { className: "button", href: "/", dataset: { view: "brief" }, textContent: t("empty.start") }))); return; }
  if (!facts.scenarios.length) { place.append(element("p", { textContent: t("empty.no_scenario") })); return; }
  const part = await api.get(`/briefs/${facts.id}/sections/stress`);
  const main = element("div");
  main.innerHTML = part.html;
  const start = (label) => main.querySelector(`select[data-name="${label}"]`);
  const countries = [...start("country").options].map((option) => [option.value, option.textContent]);
  const now = {
    scenario: state.scenario || start("scenario").value, country: state.country || start("country").value, countries,
    severity: state.severity || 1, delay: state.delay ?? "", cover: state.cover || 1, against: state.against ?? "",
  };
  const [panel, answer] = await whatIf(context, now);
  const [second, compared] = beside(context, now);
  place.append(panel, second, downloads(context, [["tables/outcome.csv", "CSV"], ["tables/stops.json", "JSON"], ["brief.xlsx", "Excel"], ["scenarios.toml", t("downloads.scenarios")]]), main);
  await show(main, part, {
    choices: { country: now.country, scenario: now.scenario },
    chosen: (name, value) => go({ [name]: value }, { silent: true }),
  });
  await Promise.all([answer(), compared()]);
};
