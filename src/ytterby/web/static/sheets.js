// A chart as a workbook: what is drawn as numbers, the table behind it, what both mean.
import { blob } from "./api.js";

const plainly = (text) => String(text ?? "").replace(/<br>/g, " ").replace(/<[^>]*>/g, "").trim();

const listed = (value, count, start, step) => Array.isArray(value) ? value : value ? Object.values(value) : Array.from({ length: count }, (_, place) => step ? new Date(new Date(start).getTime() + step * place).toISOString().slice(0, 10) : start ?? place);

const cell = (value) => value === null || value === undefined || typeof value === "number" ? value ?? null : plainly(value);

// A row a point of the chart: the line that it belongs to, where it stands across and up.
const points = (figure) => figure.data.flatMap((trace) => {
  if (trace.type === "sankey") {
    const { source, target, value } = trace.link;
    return value.map((t, place) => [plainly(trace.node.label[source[place]]), plainly(trace.node.label[target[place]]), t]);
  }
  if (trace.type === "heatmap") return trace.y.flatMap((down, row) => trace.x.map((across, column) => [plainly(down), plainly(across), cell(trace.z[row][column])]));
  if (trace.hoverinfo === "skip" || trace.type === "choropleth") return [];
  if (trace.type === "scattergeo") return trace.lat.map((lat, place) => [plainly((trace.hovertext ?? trace.text)?.[place]), trace.lon[place], lat]);
  const xs = trace.x ?? [], ys = trace.y ?? [], count = Math.max(xs.length, ys.length);
  const across = listed(trace.x, count, trace.x0, trace.dx), up = listed(trace.y, count);
  return up.map((y, place) => [plainly(trace.name), cell(across[place]), cell(y)]);
});

// Saves a chart. figure: what is drawn; element: the chart's place in the page.
export const workbook = async (figure, element, name) => {
  const text = (selector) => plainly(element.querySelector(selector)?.textContent).replace(/\s+/g, " ");
  const behind = [...element.querySelectorAll(".behind .scroll:not([hidden]) tr")].map((row) => [...row.cells].map((part) => plainly(part.textContent).replace(/\s+/g, " ")));
  const about = [[text("h3")], [text(".says")], ...[...element.querySelectorAll("figcaption > span")].map((part) => [plainly(part.textContent).replace(/\s+/g, " ")])];
  const sheets = [{ name: "points", rows: [["name", "x", "y"], ...points(figure)] }, { name: "table", rows: behind }, { name: "about", rows: about }];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await blob("/workbook", { sheets }));
  link.download = `${name}.xlsx`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
