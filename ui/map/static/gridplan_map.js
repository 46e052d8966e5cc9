/* The map in the browser. The page holds one base map for good; everything else arrives as small deltas:
 *   {src, paint, selected, outlined, seen, view}
 * `src` names a geometry file beside this script (content hash in its name), fetched once; `paint` is {id: colour};
 * `selected` is the marked area; `outlined` the cells that a sentence beside the map speaks of; `seen` the last click
 * the server knows of; `view` {seq, layer, ids} asks to go there.
 * Names come from imported files, so text enters the page through textContent only.
 */
(function () {
  "use strict";

  const SELECTED = { color: "#0b5cad", weight: 5, opacity: 1 };
  const OUTLINED = [{ color: "#ffffff", weight: 8 }, { color: "#7a0177", weight: 4 }];
  const state = {
    map: null, renderer: null, src: null, data: null, shown: {}, byLayer: {}, labels: null,
    paint: {}, selected: null, clickedAt: 0, viewSeq: null, base: null, outlines: null,
  };

  function start(map) {
    state.map = map;
    state.base = new URL(".", document.querySelector('script[src*="gridplan_map.js"]').src);
    state.labels = L.layerGroup().addTo(map);
    state.outlines = L.featureGroup().addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    if (map.attributionControl) map.attributionControl.setPrefix(false);
    map.on("zoomend moveend", function () { drawLabels(); remember(); });
  }

  /* ---------- what the server asks for ---------- */

  function apply(delta) {
    state.paint = delta.paint || {};
    if (!(delta.seen && delta.seen < state.clickedAt)) state.selected = delta.selected || null;
    const settle = function () { outline(delta.outlined || []); restyle(); goTo(delta.view); };
    if (delta.src && delta.src !== state.src) {
      state.src = delta.src;
      fetch(new URL(delta.src, state.base))
        .then(function (answer) {
          if (!answer.ok) throw new Error("geometry " + answer.status);
          return answer.json();
        })
        .then(styled)
        .then(function (data) { if (delta.src === state.src) { load(data); settle(); } })
        .catch(function (error) { state.src = null; console.error(error); });
    } else if (state.data) {
      settle();
    }
  }

  /* The legend's height is right only once the style sheet is there; the map is fitted into what it leaves. */
  function styled(value) {
    const end = Date.now() + 3000;
    return new Promise(function (resolve) {
      (function look() {
        const there = getComputedStyle(document.documentElement).getPropertyValue("--gridplan");
        if (there || Date.now() > end) resolve(value); else setTimeout(look, 20);
      })();
    });
  }

  function load(data) {
    const first = !state.data || state.data.place !== data.place;
    Object.values(state.byLayer).forEach(function (layer) { layer.group.remove(); });
    state.byLayer = {};
    state.data = data;
    document.documentElement.lang = data.lang;
    const kept = recall("view");
    const chosen = recall(data.kind) || {};
    state.shown = {};
    data.layers.forEach(function (spec) {
      state.shown[spec.key] = spec.key in chosen ? chosen[spec.key] : spec.show;
      state.byLayer[spec.key] = build(spec);
    });
    drawLegend();
    if (first) {
      if (kept) state.map.setView(kept.center, kept.zoom, { animate: false });
      else state.map.fitBounds(data.bounds, { animate: false, padding: [8, 8] });
      if (kept) state.viewSeq = kept.viewSeq;
    }
    stack();
    drawLabels();
  }

  /* ---------- layers ---------- */

  function build(spec) {
    const byId = {};
    const group = L.featureGroup();
    spec.features.forEach(function (feature) {
      const shape = L.geoJSON(feature.g, {
        interactive: Boolean(spec.touch),
        style: function () { return baseStyle(spec, feature); },
        pointToLayer: function (_, at) {
          return L.circleMarker(at, Object.assign({ interactive: Boolean(spec.touch) }, baseStyle(spec, feature)));
        },
      });
      shape.eachLayer(function (path) {
        if (spec.touch && feature.t) path.bindTooltip(function () { return tooltip(feature.t); }, { sticky: true });
        if (spec.touch === "click") path.on("click", function () { click(feature.id); });
        group.addLayer(path);
        (byId[feature.id] = byId[feature.id] || []).push(path);
      });
    });
    return { spec: spec, group: group, byId: byId, marked: [] };
  }

  function baseStyle(spec, feature) {
    const style = Object.assign({}, spec.style);
    if (feature.c) style.fillColor = feature.c;
    if (feature.s) style.color = feature.s;
    if (feature.bad) Object.assign(style, { color: "#d7191c", weight: 3, dashArray: "6 4" });
    return style;
  }

  function styleOf(layer, id) {
    const feature = layer.features[id];
    const style = Object.assign({ dashArray: null }, baseStyle(layer.spec, feature));
    if (state.paint[id]) style.fillColor = state.paint[id];
    if (id === state.selected) Object.assign(style, SELECTED, { fillOpacity: 0.9 });
    return style;
  }

  function restyle() {
    Object.values(state.byLayer).forEach(function (layer) {
      if (layer.spec.touch !== "click") return;
      if (!layer.features) {
        layer.features = {};
        layer.spec.features.forEach(function (feature) { layer.features[feature.id] = feature; });
      }
      const wanted = new Set(Object.keys(state.paint).concat(state.selected ? [state.selected] : []));
      new Set([...layer.marked, ...wanted]).forEach(function (id) {
        (layer.byId[id] || []).forEach(function (path) {
          path.setStyle(styleOf(layer, id));
        });
      });
      layer.marked = [...wanted];
    });
    raiseOutlines();
  }

  /* All layers share one canvas, so that a click finds the topmost one that listens; the order is that of the file. */
  function stack() {
    state.data.layers.forEach(function (spec) {
      const layer = state.byLayer[spec.key];
      if (state.shown[spec.key]) { layer.group.addTo(state.map); layer.group.bringToFront(); } else layer.group.remove();
    });
    restyle();
  }

  function raiseOutlines() {
    let above = false;
    state.data.layers.forEach(function (spec) {
      if (above && state.shown[spec.key]) state.byLayer[spec.key].group.bringToFront();
      if (spec.touch === "click") above = true;
    });
    Object.values(state.byLayer).forEach(function (layer) {
      if (layer.spec.touch !== "click" || !state.shown[layer.spec.key]) return;
      layer.spec.features.forEach(function (feature) {
        if (feature.bad) layer.byId[feature.id].forEach(function (path) { path.bringToFront(); });
      });
      (layer.byId[state.selected] || []).forEach(function (path) { path.bringToFront(); });
    });
    state.outlines.bringToFront();
  }

  /* The outline of some cells together, drawn twice, dark above white, so that it is seen on every ground. */
  function outline(ids) {
    state.outlines.clearLayers();
    const spec = state.byLayer.cells && state.byLayer.cells.spec;
    if (!spec || !ids.length) return;
    const wanted = new Set(ids);
    const lines = outerEdges(spec.features.filter(function (feature) { return wanted.has(feature.id); }));
    OUTLINED.forEach(function (style) {
      state.outlines.addLayer(L.polyline(lines, Object.assign({ opacity: 1, interactive: false }, style)));
    });
  }

  /* Cells tile their community: an edge between two of them occurs twice, one on their common outline once. */
  function outerEdges(features) {
    const edges = new Map();
    features.forEach(function (feature) {
      const parts = feature.g.type === "MultiPolygon" ? feature.g.coordinates : [feature.g.coordinates];
      parts.flat().forEach(function (ring) {
        for (let at = 1; at < ring.length; at += 1) {
          const key = [ring[at - 1].join(), ring[at].join()].sort().join(";");
          if (edges.has(key)) edges.delete(key);
          else edges.set(key, [ring[at - 1], ring[at]].map(function (xy) { return [xy[1], xy[0]]; }));
        }
      });
    });
    return [...edges.values()];
  }

  function click(id) {
    state.clickedAt = Date.now();
    state.selected = id;
    restyle();
    window.Streamlit.setComponentValue({ clicked: id, n: state.clickedAt });
  }

  function goTo(view) {
    if (!view || view.seq === state.viewSeq) return;
    state.viewSeq = view.seq;
    const layer = state.byLayer[view.layer];
    const paths = layer ? view.ids.flatMap(function (id) { return layer.byId[id] || []; }) : [];
    const bounds = paths.length ? L.featureGroup(paths).getBounds() : L.latLngBounds(state.data.bounds);
    const around = paths.length ? { plan: 1.5, cells: 0.3 }[view.layer] || 0.05 : 0.05;
    state.map.fitBounds(bounds.pad(around), { animate: false, maxZoom: 18 });
    remember();
  }

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
      spec.features.forEach(function (feature) {
        if (!feature.l || !feature.l.length || !bounds.contains(feature.p)) return;
        if (!feature.size) feature.size = labelSize(feature.l, spec.key === "communities" ? 14 : 12);
        if (feature.r / perPixel < Math.hypot(feature.size[0] / 2, feature.size[1] / 2) * 0.95) return;
        const box = document.createElement("div");
        box.className = "gp-label gp-label-" + spec.key;
        feature.l.forEach(function (line) {
          const row = document.createElement("div");
          row.textContent = line;
          box.appendChild(row);
        });
        L.marker(feature.p, {
          interactive: false, keyboard: false,
          icon: L.divIcon({ className: "gp-anchor", html: box, iconSize: [0, 0] }),
        }).addTo(state.labels);
      });
    });
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
        stack();
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
    if (box.style.height !== left + "px") { box.style.height = left + "px"; state.map.invalidateSize({ animate: false, pan: false }); }
  }
  window.addEventListener("resize", function () { if (state.map) fit(); });

  /* ---------- memory: the view outlives a change of page or language ---------- */

  function remember() {
    if (!state.data) return;
    keep("view", { center: state.map.getCenter(), zoom: state.map.getZoom(), viewSeq: state.viewSeq });
  }

  function keep(what, value) {
    const name = ["gridplan", state.data.place, what].join(":");
    try { window.sessionStorage.setItem(name, JSON.stringify(value)); } catch (error) { /* no storage: it starts afresh */ }
  }

  function recall(what) {
    const name = ["gridplan", state.data.place, what].join(":");
    try { return JSON.parse(window.sessionStorage.getItem(name)); } catch (error) { return null; }
  }

  window.gridplanMap = { start: start, apply: apply, state: state };
})();
