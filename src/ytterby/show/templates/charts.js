// Draws the charts of a page or of a part of one: as they come near, in the colours of the ground, fitted to the screen.

// Plotly asks its server for a base map even where none is shown; an empty one keeps it from asking.
const layers = ["coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"];
const nothing = Object.fromEntries(layers.map((name) => [name, { type: "GeometryCollection", geometries: [] }]));
window.PlotlyGeoAssets = { topojson: { world_110m: { type: "Topology", arcs: [], objects: nothing } } };

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const narrow = window.matchMedia("(max-width: 640px)");

const PAPER = { width: 680, height: 680 }; // px: what A4 and Letter hold between usual margins, beside a heading, a sentence and a caption

// A text without spaces, as in Japanese, may break after any letter, and each takes the room of two.
const parted = (text, width) => /[\u3040-\u9fff]/.test(text) ? text.match(new RegExp(`.{1,${Math.floor(width / 2)}}`, "g")).join(" ") : text;

const wrapped = (text, width) => parted(text, width).split(" ").reduce((lines, word) => {
  const last = lines[lines.length - 1];
  return last && (last + " " + word).length > width ? [...lines, word] : [...lines.slice(0, -1), last ? last + " " + word : word];
}, [""]).join("<br>");

// Columns of panels on a page: as few as the screen's least, more where they would go over several pages.
const onPaper = ({ panels, row, wide, narrow: least }) => {
  let columns = Math.max(least, wide - 1);
  while (columns < wide && Math.ceil(panels / columns) * row > 1.4 * PAPER.height) columns += 1;
  return columns;
};

const fitted = (figure, scrolls, printing) => {
  const layout = figure.layout, meta = layout.meta;
  let lines = 1;
  if (meta && meta.panels) {
    const columns = printing ? onPaper(meta) : narrow.matches ? meta.narrow : meta.wide;
    layout.grid.columns = columns;
    layout.grid.rows = Math.ceil(meta.panels / columns);
    layout.height = layout.grid.rows * meta.row + layout.margin.t + 10;
    if (narrow.matches && !printing) {
      for (const note of layout.annotations) note.font.size = 11;
      titled(layout, 28);
      // The first title must not reach into the legend above it.
      const more = 17 * ((layout.annotations[0]?.text.split("<br>").length ?? 1) - 1);
      layout.margin.t += more;
      layout.height += more;
    }
  }
  if (narrow.matches && layout.geo) {
    layout.height = 230;
    for (const trace of figure.data) if (trace.marker && trace.marker.size) trace.marker.size = trace.marker.size.map((size) => 0.6 * size);
  }
  if (narrow.matches && !scrolls) {
    layout.font.size = 11;
    for (const [name, axis] of Object.entries(layout)) if (/^xaxis/.test(name)) axis.nticks = Math.min(axis.nticks || 4, 4);
    for (const [name, axis] of Object.entries(layout)) {
      if (!/^yaxis/.test(name) || axis.autorange !== "reversed") continue;
      const own = "y" + name.slice(5);
      const labels = [...new Set(figure.data.filter((trace) => (trace.yaxis || "y") === own).flatMap((trace) => trace.y || []))];
      const words = labels.map((label) => wrapped(label || "", 20));
      Object.assign(axis, { tickmode: "array", tickvals: labels, ticktext: words });
      axis.tickfont.size = 11;
      lines = Math.max(lines, ...words.map((text) => text.split("<br>").length));
    }
    for (const trace of figure.data) if (trace.textposition === "inside") trace.text = trace.text.map((text) => text.split(", ")[0]);
    layout.height *= 0.7 + 0.3 * lines;
    layout.margin.r = Math.min(layout.margin.r, 100);
  }
  return figure;
};

// Titles of panels in lines of some letters.
const titled = (layout, width) => {
  for (const note of layout.annotations || []) {
    if (/domain$/.test(note.yref)) note.text = `<b>${wrapped(note.text.replace(/<br>/g, " ").replace(/<[^>]*>/g, ""), width)}</b>`;
  }
};

// Letters for panels that paper brings close together.
const smaller = (layout) => {
  layout.font.size = 10;
  for (const [name, axis] of Object.entries(layout)) {
    if (/^[xy]axis/.test(name)) axis.tickfont.size = 8;
    if (/^yaxis/.test(name) && axis.autorange === "reversed") Object.assign(axis, { tickmode: "linear", tick0: 0, dtick: 1 });
  }
  if (layout.grid && layout.yaxis.autorange === "reversed") layout.grid.ygap = 0.3;
  for (const note of layout.annotations || []) note.font.size = 9;
  titled(layout, 36);
};

const saved = (name, type, content) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

const quoted = (text) => `"${text.trim().replace(/\s+/g, " ").replace(/"/g, '""')}"`;

// root: the element that holds the charts; figures: by chart and choice; world: outlines; swaps: dark colours of light ones; locale: Plotly's;
// follow: told of the anchor behind a point that was clicked; changed: told when a choice was made; signal: aborts all listening;
// saving: further kinds of file, each told of the figure, the chart's place and its name.
const charts = ({ root, figures, world, swaps, locale, follow, changed, signal, saving = {} }) => {
  const plots = [...root.querySelectorAll(".plot")];
  let printing = false, worded = false;

  // Names of months are the page's: Plotly's script knows English ones only.
  const config = () => {
    if (!worded) Plotly.register(locale);
    worded = true;
    return { responsive: true, displayModeBar: false, locale: locale.name };
  };

  const chosen = (plot) => {
    const names = plot.dataset.names ? plot.dataset.names.split("|") : [];
    const select = (name) => root.querySelector(`select[data-group="${plot.dataset.group}"][data-name="${name}"]`);
    return names.map((name) => select(name).value).join("|");
  };

  const toned = (figure) => {
    const text = JSON.stringify(figure);
    return JSON.parse(dark.matches && !printing ? text.replace(/#[0-9a-f]{6}/g, (colour) => swaps[colour] || colour) : text);
  };

  const clicked = (point) => {
    const given = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
    if (typeof given === "string" && given.startsWith("#")) follow(given);
  };

  const draw = (plot) => {
    const figure = fitted(toned(figures[plot.dataset.chart][chosen(plot)]), Number(plot.dataset.wide) > 0, printing);
    for (const trace of figure.data) if (trace.geojson === "world") trace.geojson = world;
    if (printing) {
      figure.layout.width = PAPER.width;
      // No chart goes over two pages: what is too high is lowered, its letters with it.
      const lower = Math.min(1, PAPER.height / figure.layout.height);
      figure.layout.height *= lower;
      if (lower < 0.8) smaller(figure.layout);
    }
    plot.style.minHeight = `${figure.layout.height}px`;
    const first = !plot.dataset.drawn;
    plot.dataset.drawn = "yes";
    Plotly.react(plot, figure.data, figure.layout, config());
    if (first) plot.on("plotly_click", (event) => clicked(event.points[0]));
  };

  const redraw = () => plots.filter((plot) => plot.dataset.drawn).forEach(draw);

  // Of the tables behind a chart only that of the figure shown.
  const sift = () => root.querySelectorAll("figure.chart").forEach((chart) => {
    const key = chosen(chart.querySelector(".plot"));
    chart.querySelectorAll("[data-key]").forEach((table) => { table.hidden = table.dataset.key !== key; });
  });

  const save = (button) => {
    const chart = button.closest("figure"), name = chart.dataset.chart, plot = chart.querySelector(".plot"), kind = button.dataset.save;
    if (saving[kind]) {
      saving[kind](figures[name][chosen(plot)], chart, name);
    } else if (kind === "csv") {
      const rows = [...chart.querySelectorAll(".behind .scroll:not([hidden]) tr")];
      saved(`${name}.csv`, "text/csv", rows.map((row) => [...row.cells].map((part) => quoted(part.textContent)).join(",")).join("\n") + "\n");
    } else if (kind === "json") {
      saved(`${name}.json`, "application/json", JSON.stringify(figures[name][chosen(plot)]));
    } else {
      if (!plot.dataset.drawn) draw(plot);
      Plotly.downloadImage(plot, { format: kind, filename: name, width: Math.max(900, plot.clientWidth), height: plot.clientHeight, scale: 2 });
    }
  };

  const near = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    near.unobserve(entry.target);
    draw(entry.target);
  }), { rootMargin: "600px" });
  plots.forEach((plot) => near.observe(plot));
  sift();
  root.querySelectorAll("select[data-group]").forEach((select) => select.addEventListener("change", () => {
    sift();
    plots.filter((plot) => plot.dataset.group === select.dataset.group && plot.dataset.drawn).forEach(draw);
    changed(select);
  }, { signal }));
  root.querySelectorAll("[data-save]").forEach((button) => button.addEventListener("click", () => save(button), { signal }));
  dark.addEventListener("change", redraw, { signal });
  narrow.addEventListener("change", redraw, { signal });
  window.addEventListener("beforeprint", () => { printing = true; plots.forEach(draw); }, { signal });
  window.addEventListener("afterprint", () => { printing = false; redraw(); }, { signal });
  signal.addEventListener("abort", () => {
    near.disconnect();
    plots.filter((plot) => plot.dataset.drawn).forEach((plot) => Plotly.purge(plot));
  });
};

export { charts };
