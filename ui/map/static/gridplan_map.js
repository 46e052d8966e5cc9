/* The map in the browser. The page holds one base map for good; everything else arrives as small deltas:
 *   {src, paint, selected, outlined, seen, view, desk}
 * `src` names a geometry file beside this script (content hash in its name), fetched once; `paint` is {id: colour};
 * `selected` is the marked area; `outlined` the cells that a sentence beside the map speaks of; `seen` the last click
 * the server knows of; `view` {seq, layer, ids} asks to go there; `desk` is for gridplan_desk.js.
 * Names come from imported files, so text enters the page through textContent only.
 */
(function () {
  "use strict";

  const SELECTED = { color: "#0b5cad", weight: 5, opacity: 1 };
  const OUTLINED = [{ color: "#ffffff", weight: 8 }, { color: "#7a0177", weight: 4 }];
  const state = {
    map: null, renderer: null, src: null, data: null, shown: {}, byLayer: {}, labels: null,
    paint: {}, selected: null, clickedAt: 0, viewSeq: null, link: null, base: null, outlines: null, outlined: "", tip: null, whole: null,
  };

  /* What the other files add: words, and the desk where a plan is adjusted. */
  const gp = (window.gridplanMap = { state: state });

  function start(map) {
    state.map = map;
    state.base = new URL(".", document.querySelector('script[src*="gridplan_map.js"]').src);
    state.labels = L.layerGroup().addTo(map);
    state.outlines = L.featureGroup().addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    if (map.attributionControl) map.attributionControl.setPrefix(false);
    map.on("zoomend moveend", function () { gp.drawLabels(); gp.remember(); });
  }

  /* ---------- what the server asks for ---------- */

  function apply(delta) {
    state.paint = delta.paint || {};
    if (!(delta.seen && delta.seen < state.clickedAt)) state.selected = delta.selected || null;
    const settle = function () {
      gp.desk.apply(delta.desk);
      outline(delta.outlined || []);
      restyle();
      goTo(delta.view);
    };
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
    const kept = gp.recall("view");
    const chosen = gp.recall(data.kind) || {};
    state.shown = {};
    data.layers.forEach(function (spec) {
      state.shown[spec.key] = spec.key in chosen ? chosen[spec.key] : spec.show;
      state.byLayer[spec.key] = build(spec);
    });
    state.outlined = null;
    gp.desk.load(data);
    gp.drawLegend();
    if (first && kept) { state.viewSeq = kept.viewSeq; state.link = kept.link; }
    // Who looks at everything goes on doing so, whatever bars and legend leave; who went to a place stays there.
    if (first ? !kept || kept.whole : isWhole()) fitAll();
    else if (first) state.map.setView(kept.center, kept.zoom, { animate: false });
    stack();
    gp.drawLabels();
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
        if (spec.touch && feature.t) {
          path.bindTooltip(function () { return gp.tooltip(gp.desk.tell(spec, feature)); }, { sticky: true });
          path.on("tooltipopen", function (event) { state.tip = event.tooltip; });
        }
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

  /* Where nothing is marked anew nothing is moved to the front either: that would draw the whole map again. */
  function restyle() {
    let changed = false;
    Object.values(state.byLayer).forEach(function (layer) {
      if (layer.spec.touch !== "click") return;
      if (!layer.features) {
        layer.features = {};
        layer.spec.features.forEach(function (feature) { layer.features[feature.id] = feature; });
      }
      const wanted = new Set(Object.keys(state.paint).concat(state.selected ? [state.selected] : []));
      const key = JSON.stringify([state.selected, state.paint]);
      if (layer.key === key) return;
      layer.key = key;
      changed = true;
      new Set([...layer.marked, ...wanted]).forEach(function (id) {
        (layer.byId[id] || []).forEach(function (path) {
          path.setStyle(styleOf(layer, id));
        });
      });
      layer.marked = [...wanted];
    });
    if (changed) raiseOutlines();
  }

  /* All layers share one canvas, so that a click finds the topmost one that listens; the order is that of the file. */
  function stack() {
    state.data.layers.forEach(function (spec) {
      const layer = state.byLayer[spec.key];
      if (state.shown[spec.key]) { layer.group.addTo(state.map); layer.group.bringToFront(); } else layer.group.remove();
    });
    restyle();
    raiseOutlines();
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
    gp.desk.raise();
    state.outlines.bringToFront();
  }

  /* The outline of some cells together, drawn twice, dark above white, so that it is seen on every ground. */
  function outline(ids) {
    if (state.outlined === ids.join()) return;
    state.outlined = ids.join();
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
    const link = view.layer === "communities" ? "link:" + view.ids.join(" ") : null;
    const been = view.seq === state.link;
    if (link) state.link = link;
    if (been) return;
    const layer = state.byLayer[view.layer];
    const paths = layer ? view.ids.flatMap(function (id) { return layer.byId[id] || []; }) : [];
    const bounds = paths.length ? L.featureGroup(paths).getBounds() : L.latLngBounds(state.data.bounds);
    const around = paths.length ? { plan: 0.3, cells: 0.3 }[view.layer] || 0.05 : 0.05;
    // Never from farther away than everything is seen.
    const whole = L.latLngBounds(state.data.bounds).pad(0.1), wanted = bounds.pad(around);
    if (state.map.getBoundsZoom(wanted) >= state.map.getBoundsZoom(whole)) fitTo(wanted, 18); else fitAll();
    gp.remember();
  }

  /* Bars of tools lie over the edges of a map on which a plan is adjusted: what is to be seen keeps clear of them. */
  function fitTo(bounds, most) {
    const bar = gp.desk.state.on ? 46 : 8;
    state.map.fitBounds(bounds, { animate: false, maxZoom: most, paddingTopLeft: [8, bar], paddingBottomRight: [8, bar] });
  }

  function fitAll() {
    fitTo(L.latLngBounds(state.data.bounds));
    state.whole = viewText();
    gp.remember();
  }

  function isWhole() {
    return state.whole === viewText();
  }

  function viewText() {
    return [state.map.getCenter(), state.map.getZoom()].join();
  }

  Object.assign(gp, { start: start, apply: apply, stack: stack, outerEdges: outerEdges, isWhole: isWhole, fitAll: fitAll });
})();
