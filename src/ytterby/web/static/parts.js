// Puts parts of pages, as the server renders them, into the page and brings their charts to life.
import { charts } from "./charts.js";
import { get } from "./api.js";
import { marks } from "./marks.js";
import { workbook } from "./sheets.js";

let ground, script, spoken;

// What charts need to know of the language.
export const said = (language) => { spoken = language; };

const loaded = () => (script ??= new Promise((resolve, reject) => {
  const element = Object.assign(document.createElement("script"), { src: "/static/plotly.js", onload: resolve, onerror: reject });
  document.head.append(element);
}));

// Fetches what every chart needs, ahead of the first.
export const prepare = () => { ground ??= get("/static/world.json"); loaded(); return ground; };

const living = new WeakMap();

// Shows a part in a place. choices: values of its selects by label; chosen: told of a change; follow: told of a clicked point.
export const show = async (place, part, { t, follow, choices = {}, chosen = () => {}, complain = () => {} }) => {
  living.get(place)?.abort();
  const life = new AbortController();
  living.set(place, life);
  const needs = Object.keys(part.figures).length > 0;
  const { world, swaps } = needs ? await prepare() : {};
  if (needs) await loaded();
  if (life.signal.aborted) return;
  const open = new Set([...place.querySelectorAll("figure details.behind[open]")].map((details) => details.closest("figure").id));
  place.innerHTML = part.html;
  open.forEach((id) => place.querySelector(`#${CSS.escape(id)} details.behind`)?.setAttribute("open", ""));
  for (const select of place.querySelectorAll("select[data-group]")) {
    const wanted = choices[select.dataset.name];
    if (wanted && [...select.options].some((option) => option.value === wanted)) select.value = wanted;
  }
  for (const tools of place.querySelectorAll(".tools")) {
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", t("downloads.label"));
    for (const kind of ["JSON", "XLSX"]) tools.append(element("button", { type: "button", textContent: kind, dataset: { save: kind.toLowerCase() } }));
  }
  charts({ root: place, figures: part.figures, world, swaps, locale: spoken.locale, follow, saving: { xlsx: (figure, chart, name) => workbook(figure, chart, name).catch(complain) }, changed: (select) => chosen(select.dataset.name, select.value), signal: life.signal });
  marks(place);
};

export const element = (tag, properties = {}, ...children) => {
  const { dataset, attributes, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  Object.assign(made.dataset, dataset);
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
};

export const options = (pairs, chosen) => pairs.map(([value, words]) => element("option", { value, textContent: words, selected: value === chosen }));

export const field = (label, control, output) => element("label", {}, element("span", {}, label, output), control);

// A slider that shows its value; told of moves while it moves, late enough not to flood the server.
export const slider = ({ label, name, min, max, step, value, words, moved }) => {
  // A span: an output in a label would be what the label names, instead of the slider.
  const output = element("span", { className: "value", textContent: words(Number(value)) });
  const input = element("input", { type: "range", name, min, max, step, value });
  let timer;
  input.setAttribute("aria-valuetext", words(Number(value)));
  input.addEventListener("input", () => {
    output.textContent = words(Number(input.value));
    input.setAttribute("aria-valuetext", output.textContent);
    clearTimeout(timer);
    timer = setTimeout(() => moved(Number(input.value)), 120);
  });
  return field(label, input, output);
};
