// The report's own script: draws the charts as they come near, swaps colours on a dark ground, ties quotes to their events.
(() => {
  "use strict";
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const figures = read("data-figures"), world = read("data-world"), swaps = read("data-swaps");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = window.matchMedia("(max-width: 640px)");
  const plots = [...document.querySelectorAll(".plot")];
  let printing = false;

  // Plotly asks its server for a base map even where none is shown; an empty one keeps it from asking.
  const layers = ["coastlines", "land", "ocean", "lakes", "rivers", "countries", "subunits"];
  const empty = Object.fromEntries(layers.map((name) => [name, { type: "GeometryCollection", geometries: [] }]));
  window.PlotlyGeoAssets = { topojson: { world_110m: { type: "Topology", arcs: [], objects: empty } } };

  const chosen = (plot) => {
    const names = plot.dataset.names ? plot.dataset.names.split("|") : [];
    const select = (name) => document.querySelector(`select[data-group="${plot.dataset.group}"][data-name="${name}"]`);
    return names.map((name) => select(name).value).join("|");
  };

  const toned = (figure) => {
    const text = JSON.stringify(figure);
    return JSON.parse(dark.matches && !printing ? text.replace(/#[0-9a-f]{6}/g, (colour) => swaps[colour] || colour) : text);
  };

  const wrapped = (text, width) => text.split(" ").reduce((lines, word) => {
    const last = lines[lines.length - 1];
    return last && (last + " " + word).length > width ? [...lines, word] : [...lines.slice(0, -1), last ? last + " " + word : word];
  }, [""]).join("<br>");

  const fitted = (figure, scrolls) => {
    const layout = figure.layout, meta = layout.meta;
    let lines = 1;
    if (meta && meta.panels) {
      const columns = narrow.matches ? meta.narrow : meta.wide;
      layout.grid.columns = columns;
      layout.grid.rows = Math.ceil(meta.panels / columns);
      layout.height = layout.grid.rows * meta.row + layout.margin.t + 10;
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
      layout.margin.r = Math.min(layout.margin.r, 84);
    }
    return figure;
  };

  const draw = (plot) => {
    const figure = fitted(toned(figures[plot.dataset.chart][chosen(plot)]), Number(plot.dataset.wide) > 0);
    for (const trace of figure.data) if (trace.geojson === "world") trace.geojson = world;
    plot.style.minHeight = `${figure.layout.height}px`;
    const first = !plot.dataset.drawn;
    plot.dataset.drawn = "yes";
    Plotly.react(plot, figure.data, figure.layout, { responsive: true, displayModeBar: false });
    if (first) plot.on("plotly_click", (event) => follow(event.points[0]));
  };

  const follow = (point) => {
    const given = Array.isArray(point.customdata) ? point.customdata[0] : point.customdata;
    if (typeof given === "string" && given.startsWith("#")) location.hash = given;
  };

  const redraw = () => plots.filter((plot) => plot.dataset.drawn).forEach(draw);

  const near = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    near.unobserve(entry.target);
    draw(entry.target);
  }), { rootMargin: "600px" });
  plots.forEach((plot) => near.observe(plot));

  // Of the tables behind a chart only that of the figure shown.
  const sift = () => document.querySelectorAll("figure.chart").forEach((chart) => {
    const key = chosen(chart.querySelector(".plot"));
    chart.querySelectorAll("[data-key]").forEach((table) => { table.hidden = table.dataset.key !== key; });
  });
  sift();
  document.querySelectorAll("select").forEach((select) => select.addEventListener("change", () => {
    sift();
    plots.filter((plot) => plot.dataset.group === select.dataset.group && plot.dataset.drawn).forEach(draw);
  }));
  dark.addEventListener("change", redraw);
  narrow.addEventListener("change", redraw);
  window.addEventListener("beforeprint", () => { printing = true; plots.forEach(draw); });
  window.addEventListener("afterprint", () => { printing = false; redraw(); });

  // A quote and its event light up together.
  const light = (ids, on) => ids.forEach((id) => {
    document.querySelectorAll(`mark[data-events~="${id}"], [data-event="${id}"]`).forEach((part) => part.classList.toggle("on", on));
  });
  document.querySelectorAll("mark[data-events], [data-event]").forEach((part) => {
    const ids = (part.dataset.events || part.dataset.event).split(" ");
    for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) {
      part.addEventListener(name, () => light(ids, on));
    }
  });

  // A link into a closed part opens it; what it leads to is marked for as long as it is the target.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    target.scrollIntoView({ block: "center" });
    const quoted = location.hash.startsWith("#quote-") ? location.hash.slice(7) : null;
    document.querySelectorAll("mark.found").forEach((mark) => mark.classList.remove("found"));
    if (quoted) document.querySelectorAll(`mark[data-events~="${quoted}"]`).forEach((mark) => mark.classList.add("found"));
    if (!target.matches("section")) target.focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // Downloads: the picture as shown, the table of the figure shown.
  const quoted = (text) => `"${text.trim().replace(/\s+/g, " ").replace(/"/g, '""')}"`;
  const saved = (name, type, content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  document.querySelectorAll("[data-save]").forEach((button) => button.addEventListener("click", () => {
    const chart = button.closest("figure"), name = chart.dataset.chart, plot = chart.querySelector(".plot");
    if (button.dataset.save === "csv") {
      const rows = [...chart.querySelectorAll(".behind .scroll:not([hidden]) tr")];
      saved(`${name}.csv`, "text/csv", rows.map((row) => [...row.cells].map((part) => quoted(part.textContent)).join(",")).join("\n") + "\n");
    } else {
      if (!plot.dataset.drawn) draw(plot);
      Plotly.downloadImage(plot, { format: button.dataset.save, filename: name, width: Math.max(900, plot.clientWidth), height: plot.clientHeight, scale: 2 });
    }
  }));
})();
