// What a page does beyond links and forms: every line of it is a convenience, nothing depends on it.
"use strict";

(() => {
  const vietnamese = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 4 });

  // 1.234,5 and 12,5 as people type them; the server reads them the same way.
  function read(text) {
    const plain = text.trim();
    if (plain.includes(",")) return Number(plain.replace(/[. ]/g, "").replace(",", "."));
    return Number(/^[+-]?[1-9]\d{0,2}([. ]\d{3})+$/.test(plain) ? plain.replace(/[. ]/g, "") : plain);
  }

  // Shares: the sum below the rows follows the typing.
  function addUp(rows) {
    const output = rows.querySelector("[data-sum]");
    if (!output) return;
    let total = 0;
    for (const input of rows.querySelectorAll(`input[name$=".${rows.dataset.total}"]`)) total += read(input.value);
    output.textContent = Number.isFinite(total) ? vietnamese.format(total) : "?";
    output.className = total === 100 ? "right" : "off";
  }

  // 25032021, from a phone's keyboard without a slash, becomes 25/03/2021 when the field is left.
  document.addEventListener("change", ({ target }) => {
    const day = target.dataset.day !== undefined && target.value.match(/^\s*(\d\d)(\d\d)(\d{4})\s*$/);
    if (day) target.value = day.slice(1).join("/");
  });

  document.addEventListener("input", (event) => {
    const rows = event.target.closest?.("[data-total]");
    if (rows) addUp(rows);
    const scores = event.target.closest?.("[data-scores]");
    if (scores) weigh(scores);
  });

  // A score sheet: the weighted mean as a percentage, as the rulebook counts it.
  function weigh(form) {
    let sum = 0;
    let weights = 0;
    for (const input of form.querySelectorAll("input[data-weight]")) {
      if (!input.value.trim()) return;
      sum += (Number(input.dataset.weight) * read(input.value)) / Number(input.dataset.max);
      weights += Number(input.dataset.weight);
    }
    const output = form.querySelector("[data-mean]");
    if (output && weights) output.textContent = vietnamese.format(Math.round((10000 * sum) / weights) / 100);
  }

  // One press sends once; the hidden key makes a second one harmless even without this.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    setTimeout(() => {
      for (const control of form.elements) if (control.type === "submit") control.disabled = true;
    });
  });

  // Coming back with the browser's button finds the form ready again.
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
  });

  // Uploads show how far they are.
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.("progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
    bar.textContent = `${Math.round(bar.value)}%`;
  });

  // What htmx has put in place is announced, and rows that came in are added up.
  document.addEventListener("htmx:afterSettle", (event) => {
    const place = document.getElementById(event.target.id) ?? event.target;
    const announced = place.querySelector?.("[data-announce]") ?? place.closest?.("[data-announce]");
    if (announced) document.getElementById("announce").textContent = announced.dataset.announce;
    if (place.dataset?.total) addUp(place);
    place.querySelector?.(".problem")?.focus();
    if (place.dataset?.rows) {
      const added = event.detail.requestConfig?.elt?.name === "_add";
      (added ? [...place.querySelectorAll(".row")].pop()?.querySelector("input[type=text]") : place.querySelector("button[name=_add]"))?.focus();
    }
  });

  // The list of errors is where reading begins after a form came back.
  document.querySelector(".problem")?.focus();

  // The chart of the dashboard; the same figures stand in the table below it.
  const chart = document.querySelector("[data-chart]");
  if (chart && window.uPlot) draw(chart);

  function draw(element) {
    const data = JSON.parse(element.dataset.chart);
    const places = data.years.map((_, index) => index);
    const bars = (side) => uPlot.paths.bars({ size: [0.32, 64], align: side, gap: 2 });
    const size = () => ({ width: element.clientWidth, height: 272 });
    const font = '14px "Be Vietnam Pro", sans-serif';
    const options = {
      ...size(),
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [-0.6, places.length - 0.4] }, y: { range: (_, __, top) => [0, Math.max(5, top * 1.15)] } },
      axes: [
        { splits: () => places, values: () => data.years.map(String), grid: { show: false }, font, stroke: "#1d2530" },
        { font, stroke: "#55606e", grid: { stroke: "#e6e8eb" }, size: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000] },
      ],
      series: [
        {},
        { label: "Đăng ký", fill: "#9fb6cf", stroke: "#9fb6cf", paths: bars(-1), points: { show: false } },
        { label: "Được công nhận", fill: "#9b1c1f", stroke: "#9b1c1f", paths: bars(1), points: { show: false } },
      ],
    };
    const plot = new uPlot(options, [places, data.registered, data.recognised], element);
    new ResizeObserver(() => plot.setSize(size())).observe(element);
  }
})();
