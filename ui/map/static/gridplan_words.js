/* Words on the map and under it: tooltips, labels, the legend that is the layer switcher too, what a visit remembers.
 * Names come from imported files, so text enters the page through textContent only.
 */
(function () {
  "use strict";

  const gp = window.gridplanMap;
  const state = gp.state;
  const SMALLEST = 10; // pixels around its middle that any label needs: less is not worth measuring one for

  /* ---------- words on the map ---------- */

  function tooltip(lines) {
    const box = document.createElement("div");
    lines.forEach(function (line, position) {
      const row = document.createElement("div");
      row.textContent = line;
      if (position === 0) row.className = "gp-title";
      box.appendChild(row);
    });
    return box;
  }

  /* A label is drawn only where it fits into its area at this zoom, so that it never hides its neighbours. */
  function drawLabels() {
    state.labels.clearLayers();
    if (!state.data) return;
    const bounds = state.map.getBounds();
    const perPixel = 40075016.7 * Math.cos(state.map.getCenter().lat * Math.PI / 180) / Math.pow(2, state.map.getZoom() + 8);
    state.data.layers.forEach(function (spec) {
      if (!state.shown[spec.key]) return;
      spec.features.forEach(function (feature) { drawLabel(feature, spec.key, bounds, perPixel); });
    });
    gp.desk.labels().forEach(function (label) { drawLabel(label, "plan", bounds, perPixel); });
  }

  function drawLabel(label, kind, bounds, perPixel) {
    if (!label.l || !label.l.length || !bounds.contains(label.p)) return;
    if (label.r / perPixel < SMALLEST) return;
    if (!label.size) label.size = labelSize(label.l, kind === "communities" ? 14 : 12);
    if (label.r / perPixel < Math.hypot(label.size[0] / 2, label.size[1] / 2) * 0.95) return;
    const box = document.createElement("div");
    box.className = "gp-label gp-label-" + kind;
    label.l.forEach(function (line) {
      const row = document.createElement("div");
      row.textContent = line;
      box.appendChild(row);
    });
    L.marker(label.p, {
      interactive: false, keyboard: false,
      icon: L.divIcon({ className: "gp-anchor", html: box, iconSize: [0, 0] }),
    }).addTo(state.labels);
  }

  function labelSize(lines, pixels) {
    const pen = (state.pen = state.pen || document.createElement("canvas").getContext("2d"));
    pen.font = "bold " + pixels + "px " + getComputedStyle(document.body).fontFamily;
    return [Math.max.apply(null, lines.map(function (line) { return pen.measureText(line).width; })), lines.length * (pixels + 2)];
  }

  /* ---------- legend and layer switcher in one, under the map ---------- */

  function drawLegend() {
    let bar = document.getElementById("gp-legend");
    if (!bar) {
      bar = document.createElement("div");
      bar.id = "gp-legend";
      document.getElementById("parent").after(bar);
    }
    bar.replaceChildren();
    state.data.layers.forEach(function (spec) {
      const entry = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = state.shown[spec.key];
      box.dataset.layer = spec.key;
      box.addEventListener("change", function () {
        state.shown[spec.key] = box.checked;
        gp.stack();
        drawLabels();
        keep(state.data.kind, state.shown);
      });
      entry.append(box, swatch(spec.legend), document.createTextNode(spec.name));
      bar.appendChild(entry);
    });
    (state.data.marks || []).forEach(function (mark) {
      const entry = document.createElement("span");
      entry.append(swatch(mark), document.createTextNode(mark.text));
      bar.appendChild(entry);
    });
    fit();
  }

  function swatch(mark) {
    const sign = document.createElement("i");
    sign.className = "gp-swatch gp-" + mark.shape;
    (mark.colours || [mark.colour]).forEach(function (colour) {
      const part = document.createElement("b");
      if (mark.shape === "line" || mark.shape === "outline") part.style.borderColor = colour;
      else part.style.background = colour;
      if (mark.dashed) part.style.borderStyle = "dashed";
      sign.appendChild(part);
    });
    return sign;
  }

  /* The frame's height is fixed by the page: the map takes what the legend leaves. */
  function fit() {
    const bar = document.getElementById("gp-legend");
    const whole = (window.__GLOBAL_DATA__ && window.__GLOBAL_DATA__.height) || window.innerHeight;
    const left = Math.max(200, whole - (bar ? bar.offsetHeight : 0));
    const box = document.getElementById("map_div");
    if (box.style.height === left + "px") return;
    const seen = state.data && gp.isWhole();
    box.style.height = left + "px";
    state.map.invalidateSize({ animate: false, pan: false });
    if (seen) gp.fitAll();
  }
  window.addEventListener("resize", function () { if (state.map) fit(); });

  /* ---------- memory: the view outlives a change of page or language ---------- */

  function remember() {
    if (!state.data) return;
    keep("view", {
      center: state.map.getCenter(), zoom: state.map.getZoom(), viewSeq: state.viewSeq, link: state.link, whole: gp.isWhole(),
    });
  }

  function keep(what, value) {
    const name = ["gridplan", state.data.place, what].join(":");
    try { window.sessionStorage.setItem(name, JSON.stringify(value)); } catch (error) { /* no storage: it starts afresh */ }
  }

  function recall(what) {
    const name = ["gridplan", state.data.place, what].join(":");
    try { return JSON.parse(window.sessionStorage.getItem(name)); } catch (error) { return null; }
  }

  Object.assign(gp, { tooltip: tooltip, drawLabels: drawLabels, drawLegend: drawLegend, remember: remember, recall: recall });
})();
