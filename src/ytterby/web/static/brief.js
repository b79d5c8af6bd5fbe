// View Brief: an article in; what it tells, with its evidence, out.
import { element, field } from "./parts.js";

const LARGEST = 10e6;

// What a job does now, in words; a scenario is a step of its own.
export const stepOf = (t, now) => {
  const key = `steps.${now.step || "waiting"}`, words = t(key);
  return words === key ? now.step : words;
};

const composer = (context) => {
  const { t, api, go, complain, place, alive, state } = context;
  let files = [], running = null;
  const text = element("textarea", { id: "article-text", placeholder: t("compose.hint"), spellcheck: false });
  const pick = element("input", { type: "file", multiple: true, accept: ".txt,.html,.htm,.json,.jsonl,.xml", hidden: true, id: "files" });
  const allies = element("input", { type: "text", name: "allies", placeholder: "USA,JPN", maxLength: 200 });
  const budget = element("input", { type: "number", name: "budget", min: 0, step: "any", value: 5 });
  const published = element("input", { type: "date", name: "published" });
  const draws = element("input", { type: "number", name: "draws", min: 1, max: 500, value: 64 });
  const start = element("button", { type: "submit", className: "main", textContent: t("compose.start") });
  const stop = element("button", { type: "button", textContent: t("compose.stop"), hidden: true });
  const chosen = element("p", { className: "muted", hidden: true });
  const bar = element("progress", { max: 1, attributes: { "aria-label": t("compose.progress") } });
  const step = element("p", { className: "muted" });
  const progress = element("div", { className: "progress", hidden: true }, bar, step);

  const taken = (list) => {
    files = [...list];
    const large = files.find((file) => file.size > LARGEST);
    if (large) { complain(new Error(t("compose.large", { name: large.name }))); files = []; }
    chosen.hidden = !files.length;
    chosen.textContent = t("compose.files", { names: files.map((file) => file.name).join(", ") });
  };
  pick.addEventListener("change", () => taken(pick.files));

  const articles = async () => files.length
    ? Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })))
    : [{ name: "article.txt", text: text.value }];

  const told = (now) => {
    step.textContent = `${stepOf(t, now)} ${now.total > 1 ? `${Math.round((100 * now.done) / now.total)} %` : ""}`;
    if (now.total > 1) bar.value = now.done / now.total; else bar.removeAttribute("value");
  };

  const form = element("form", { className: "composer panel", noValidate: true },
    element("label", { className: "block-label", htmlFor: "article-text", textContent: t("compose.label") }), text, chosen,
    element("div", { className: "fields" },
      field(t("compose.allies"), allies), field(t("compose.budget"), budget), field(t("compose.published"), published), field(t("compose.draws"), draws)),
    element("div", { className: "actions" }, start, stop,
      element("button", { type: "button", textContent: t("compose.choose"), onclick: () => pick.click() }), pick,
      element("button", { type: "button", textContent: t("compose.example"), onclick: () => { text.value = t("example"); files = []; chosen.hidden = true; text.focus(); } })),
    progress);
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => { event.preventDefault(); form.classList.remove("over"); taken(event.dataTransfer.files); });
  stop.addEventListener("click", () => { if (running) api.cancel(running); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complain(null);
    if (!files.length && !text.value.trim()) { complain(new Error(t("compose.nothing"))); text.focus(); return; }
    start.disabled = true;
    stop.hidden = progress.hidden = false;
    try {
      running = await api.post("/briefs", {
        articles: await articles(),
        allies: allies.value.split(",").map((name) => name.trim()).filter(Boolean),
        budget: 1e9 * Number(budget.value), draws: Number(draws.value), published: published.value || null,
      });
      const done = running.state === "done" ? running : await api.follow(running, told);
      if (alive()) go({ brief: done.result.split("/").pop(), view: "brief", scenario: "", country: "", against: "", open: "" });
    } catch (error) {
      complain(error.state === "cancelled" ? new Error(t("compose.stopped")) : error);
    } finally {
      start.disabled = false;
      stop.hidden = progress.hidden = true;
      running = null;
    }
  });
  return form;
};

const recent = async ({ t, api, address, state }) => {
  const known = (await api.get("/briefs")).filter((one) => one.id !== state.brief).slice(0, 5);
  if (!known.length) return null;
  return element("section", {}, element("h2", { textContent: t("brief.recent") }), element("ul", { className: "recent" }, known.map((one) =>
    element("li", {}, element("a", { href: address({ view: "brief", brief: one.id, lang: state.lang ?? "" }), textContent: one.title })))));
};

export const downloads = (context, files) => {
  const { t, api, facts } = context;
  return element("p", { className: "downloads" }, t("downloads.all"), ...files.map(([path, words]) =>
    element("a", { className: "button", href: api.worded(`/api/v1/briefs/${facts.id}/${path}`), textContent: words, attributes: { download: "" } })));
};

export const brief = async (context) => {
  const { t, api, facts, place, show } = context;
  if (!facts) {
    place.append(composer(context), element("ol", { className: "teach" }, ["read", "stress", "plan"].map((name) =>
      element("li", {}, element("strong", { textContent: t(`teach.${name}.title`) }), t(`teach.${name}.text`)))));
    const list = await recent(context);
    if (list) place.append(list);
    return;
  }
  const top = element("div"), article = element("div"), commitments = element("div");
  place.append(top, downloads(context, [["report.html", t("downloads.report")], ["brief.xlsx", "Excel"], ["ledger.jsonl", "JSON Lines"], ["tables/events.csv", "CSV"], ["scenarios.toml", t("downloads.scenarios")]]),
    article, commitments,
    element("details", { className: "block" }, element("summary", { textContent: t("brief.another") }), composer(context)));
  const [first, second, third] = await Promise.all(["top", "article", "commitments"].map((name) => api.get(`/briefs/${facts.id}/sections/${name}`)));
  await Promise.all([show(top, first), show(article, second), show(commitments, third)]);
};
