// Charts draw numbers that also stand in a table beside them; nothing is calculated with their values.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const language = document.documentElement.lang;
const chinese = language.startsWith("zh");
const [tenThousand, hundredMillion] = language === "zh-hant" ? "萬億" : "万亿";
const compact = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 2 });
const plain = new Intl.NumberFormat(document.documentElement.lang);

function short(value) {
  const size = Math.abs(value);
  if (!chinese) return compact.format(value);
  if (size >= 1e8) return `${plain.format(value / 1e8)}${hundredMillion}`;
  return size >= 1e4 ? `${plain.format(Math.round(value / 1e4))}${tenThousand}` : plain.format(value);
}

function look() {
  return {
    text: css("--so-fg-2"), line: css("--so-line"), surface: css("--so-surface"), font: css("--so-font"),
    primary: css("--so-primary"), muted: css("--so-track"), good: css("--so-good-fill"),
    warn: css("--so-warn-fill"), bad: css("--so-bad-fill"), badText: css("--so-bad"),
  };
}

function base(t, data) {
  const unit = data.unit ?? "";
  return {
    aria: { enabled: true },
    animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400,
    textStyle: { fontFamily: t.font, color: t.text, fontSize: 12 },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: t.text } },
    tooltip: {
      trigger: "axis", renderMode: "richText", // html tooltips write style attributes
      axisPointer: { type: "shadow", shadowStyle: { color: t.line, opacity: 0.35 } },
      backgroundColor: t.surface, borderColor: t.line, textStyle: { color: t.text, fontSize: 12 },
      valueFormatter: (value) => unit + short(value),
    },
  };
}

function axis(t, extra) {
  return {
    axisLine: { lineStyle: { color: t.line } }, axisTick: { show: false },
    splitLine: { lineStyle: { color: t.line, type: [3, 3] } }, splitNumber: 4,
    ...extra, axisLabel: { color: t.text, hideOverlap: true, ...extra.axisLabel },
  };
}

// {labels, series: [{name, kind: "bar" | "line", colour, values}], unit}
function columns(data, t) {
  return {
    ...base(t, data),
    grid: { left: 4, right: 8, top: 34, bottom: 0, containLabel: true },
    xAxis: axis(t, { type: "category", data: data.labels }),
    yAxis: axis(t, { type: "value", axisLine: { show: false }, axisLabel: { formatter: short } }),
    series: data.series.map((one) => ({
      name: one.name, type: one.kind, data: one.values.map(Number), color: t[one.colour || "primary"],
      barMaxWidth: 18, smooth: 0.3, symbolSize: 6, lineStyle: { width: 2 },
      itemStyle: one.kind === "bar" ? { borderRadius: [4, 4, 0, 0] } : {},
    })),
  };
}

// {target, done: names of the two, rows: [{label, target, done, share, level: "" | "warn" | "bad"}], unit}
function progress(data, t) {
  const end = (row) => ({
    show: true, position: "right", distance: 8, fontWeight: 600, formatter: `${row.share}%`,
    color: row.level === "bad" ? t.badText : t.text,
  });
  const bar = { type: "bar", barWidth: 18, itemStyle: { borderRadius: 4 } };
  return {
    ...base(t, data),
    grid: { left: 4, right: 64, top: 30, bottom: 0, containLabel: true },
    xAxis: axis(t, { type: "value", axisLabel: { formatter: short } }),
    yAxis: axis(t, { type: "category", inverse: true, axisLine: { show: false }, data: data.rows.map((r) => r.label) }),
    series: [
      { ...bar, name: data.target, color: t.muted, barGap: "-100%", z: 1, data: data.rows.map((r) => ({ value: Number(r.target), label: end(r) })) },
      { ...bar, name: data.done, color: t.primary, z: 2, data: data.rows.map((r) => ({ value: Number(r.done), itemStyle: { color: t[r.level || "primary"], borderRadius: 4 } })) },
    ],
  };
}

// {series: [{name, colour, values}], labels, unit}: lying bars, for long names
function bars(data, t) {
  return {
    ...base(t, data),
    grid: { left: 4, right: 40, top: 30, bottom: 0, containLabel: true },
    xAxis: axis(t, { type: "value", axisLabel: { formatter: short } }),
    yAxis: axis(t, { type: "category", inverse: true, axisLine: { show: false }, data: data.labels }),
    series: data.series.map((one) => ({
      name: one.name, type: "bar", barMaxWidth: 18, color: t[one.colour || "primary"],
      itemStyle: { borderRadius: 4 }, data: one.values.map(Number),
    })),
  };
}

const KINDS = { columns, bars, progress };
const drawn = new Map();

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.source).textContent);
  let chart = drawn.get(place);
  if (!chart) {
    chart = echarts.init(place, null, { renderer: "svg" });
    drawn.set(place, chart);
    new ResizeObserver(() => chart.resize()).observe(place);
  }
  chart.setOption(KINDS[place.dataset.soChart](data, look()), true);
}

function all() {
  for (const [place, chart] of drawn) {
    if (place.isConnected) continue;
    chart.dispose();
    drawn.delete(place);
  }
  document.querySelectorAll("[data-so-chart]").forEach(draw);
}
document.addEventListener("so:theme", all);
document.addEventListener("htmx:afterSettle", all);
all();
