// View Ledger: all that was read so far, in time; what was promised, by when.
import { element, field, options } from "./parts.js";

const NAMES = ["actor", "material", "type", "status"];

export const ledger = async (context) => {
  const { t, api, place, show, state, go, complain } = context;
  const known = await api.get("/ledger/choices");
  if (!known.type.length) { place.append(element("p", { textContent: t("empty.ledger") }), element("p", {}, element("a", { className: "button", href: "/", dataset: { view: "brief" }, textContent: t("empty.start") }))); return; }
  const shown = element("div");
  const now = Object.fromEntries([...NAMES, "since", "until"].map((name) => [name, state[`l_${name}`] ?? ""]));
  const drawn = async () => {
    shown.classList.add("busy");
    try { complain(null); await show(shown, await api.get(`/ledger?${api.query(now)}`)); } catch (error) { complain(error); }
    shown.classList.remove("busy");
  };
  const set = (name, control) => { control.addEventListener("change", () => { now[name] = control.value; go({ [`l_${name}`]: control.value }, { silent: true }); drawn(); }); return control; };
  place.append(element("div", { className: "panel" }, element("div", { className: "fields" },
    NAMES.map((name) => field(t(`ledger.${name}`), set(name, element("select", { name }, options([["", t("ledger.all")], ...known[name]], now[name]))))),
    ["since", "until"].map((name) => field(t(`ledger.${name}`), set(name, element("input", { type: "date", name, value: now[name] }))))),
  element("p", { className: "downloads" }, t("downloads.all"), element("a", { className: "button", href: api.worded("/api/v1/ledger/ledger.jsonl"), download: "", textContent: "JSON Lines" }))), shown);
  await drawn();
};
