// The app: one state, six views, a drawer for what stands behind a number.
import * as api from "./api.js";
import { read, write, address } from "./state.js";
import { element, prepare, said, show } from "./parts.js";
import { reveal } from "./marks.js";
import { opened } from "./drawer.js";
import { searching } from "./search.js";
import { brief, stepOf } from "./brief.js";
import { chain } from "./chain.js";
import { stress } from "./stress.js";
import { plan } from "./plan.js";
import { ledger } from "./ledger.js";
import { indicators } from "./indicators.js";

const VIEWS = { brief, chain, stress, plan, ledger, indicators };
const HOME = { scenario: "stress", scenarios: "stress", event: "brief", quote: "brief", article: "brief", commitments: "brief", rejected: "brief", left: "plan" };
const place = document.getElementById("view"), problem = document.getElementById("problem");
let state = read(), texts = {}, facts = null, turn = 0;

const t = (key, values = {}) => {
  const text = key.split(".").reduce((found, part) => found?.[part], texts) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
};

// The language of the address, else that of the browser, where the texts have it.
const language = () => texts.code ?? "en";

const spoken = async () => {
  const wanted = [state.lang, ...navigator.languages.map((name) => name.split("-")[0]), "en"].filter(Boolean);
  texts = await api.get("/texts/en");
  const found = wanted.find((name) => texts.languages[name]);
  if (found !== "en") texts = await api.get(`/texts/${found}`);
  api.speak(found);
  said({ locale: texts.locale });
};

const complain = (error) => {
  problem.hidden = !error;
  problem.textContent = error ? error.message : "";
};

const say = (words) => { document.getElementById("said").textContent = words; };

// Changes the state; silent: only the address changes, the view takes care of itself.
const go = (changes, { silent = false, step = !silent } = {}) => {
  state = { ...state, ...changes };
  write(state, step);
  if (!silent) draw();
};

// Leads to what an anchor names: in this view, in the drawer, or in another view.
const follow = async (anchor) => {
  if (reveal(anchor)) return;
  const [, kind, name] = anchor.match(/^#([a-z]+)-?(.*)$/) ?? [];
  if (["source", "assumptions"].includes(kind) || (kind === "event" && state.view === "ledger")) {
    go({ open: anchor }, { silent: true });
    await opened(context(), anchor);
  } else if (kind === "event" && !facts) {
    await opened(context(), anchor);
  } else if (HOME[kind] ?? VIEWS[kind]) {
    await goto(HOME[kind] ?? kind, anchor);
  } else if (name) {
    say(name);
  }
};

const goto = async (view, anchor) => {
  state = { ...state, view, open: "" };
  write(state, true);
  await draw();
  reveal(anchor);
};

const context = () => ({
  state, t, api, go, follow, facts, place, say, complain, language: language(), address,
  show: (where, part, more = {}) => show(where, part, { t, follow, complain, ...more }),
});

const reworded = () => {
  document.documentElement.lang = language();
  document.querySelectorAll("[data-t]").forEach((part) => { part.textContent = t(part.dataset.t); });
  document.querySelectorAll("[data-t-hint]").forEach((part) => { part.placeholder = t(part.dataset.tHint); });
  document.querySelectorAll("[data-t-name]").forEach((part) => { part.setAttribute("aria-label", t(part.dataset.tName)); });
  const select = document.getElementById("language");
  select.replaceChildren(...Object.entries(texts.languages).map(([code, own]) => element("option", { value: code, lang: code, textContent: own, selected: code === language() })));
};

const tabs = (view) => document.getElementById("views").replaceChildren(...Object.keys(VIEWS).map((name) => {
  const { open, ...kept } = state;
  const link = element("a", { href: address({ ...kept, view: name }), textContent: t(`views.${name}`), dataset: { view: name } });
  if (name === view) link.setAttribute("aria-current", "page");
  return link;
}));

// The brief that the state names: made again by the server if it lies no longer ready.
const loadedFacts = async (mine) => {
  if (!state.brief || facts?.id === state.brief) return state.brief ? facts : null;
  const job = await api.post(`/briefs/${state.brief}`);
  if (job.state !== "done") {
    await api.follow(job, (now) => { if (mine === turn) place.replaceChildren(element("p", { className: "waiting", textContent: t("brief.again", { step: stepOf(t, now) }) })); });
  }
  return api.get(`/briefs/${state.brief}`);
};

const draw = async () => {
  const mine = ++turn, view = VIEWS[state.view] ? state.view : "brief";
  delete document.body.dataset.ready;
  complain(null);
  tabs(view);
  document.getElementById("title").textContent = t(`titles.${view}`);
  document.title = `${t(`views.${view}`)} · ytterby`;
  place.replaceChildren(element("p", { className: "waiting", textContent: t("loading") }));
  try {
    facts = await loadedFacts(mine);
    if (mine !== turn) return;
    document.getElementById("lede").textContent = facts || view === "chain" || view === "indicators" || view === "ledger" ? t(`ledes.${view}`) : t(`empty.${view}`);
    place.replaceChildren();
    await VIEWS[view]({ ...context(), alive: () => mine === turn });
    if (mine === turn && state.open) await opened(context(), state.open);
    document.body.dataset.ready = `${view}-${mine}`;
  } catch (error) {
    if (mine !== turn) return;
    place.replaceChildren();
    complain(error);
    document.body.dataset.ready = "problem";
  }
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  const href = link.getAttribute("href");
  if (href === "#main") { event.preventDefault(); document.getElementById("main").focus(); return; }
  if (href.startsWith("#")) { event.preventDefault(); follow(href); }
  if (link.dataset.view) { event.preventDefault(); go({ view: link.dataset.view, open: "" }); document.getElementById("main").focus({ preventScroll: true }); window.scrollTo(0, 0); }
});
window.addEventListener("popstate", () => { state = read(); draw(); });
document.getElementById("language").addEventListener("change", async (event) => {
  go({ lang: event.target.value }, { silent: true });
  await spoken();
  facts = null;
  reworded();
  told();
  draw();
});

const told = async () => {
  const about = await api.get("");
  document.getElementById("about").textContent = t(about.kept ? "about.kept" : "about.passing", { version: about.ytterby });
};

await spoken();
reworded();
searching(context);
told();
await draw();
prepare();
