"use strict";
// The whole page is one file: the data stand in the element "data"; every name is set as text, never as markup.
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const t = data.texts;
  const map = L.map("map", { zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 120, zoomControl: false,
    attributionControl: false, fadeAnimation: false, zoomAnimation: false, maxZoom: 22 });
  let before = null; // the view on the screen, while a sheet is printed
  const state = { chosen: null, rows: new Map(), grids: new Map() };

  function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    Object.assign(node, attributes);
    node.append(...children);
    return node;
  }

  // --- layers, from the bottom up ---
  const panes = ["grids", "water", "broken", "roads", "railways", "cells", "communities", "places", "chosen"];
  panes.forEach((name, place) => {
    map.createPane(name).style.zIndex = 401 + place;
    if (name !== "grids" && name !== "cells" && name !== "roads") map.getPane(name).style.pointerEvents = "none";
  });
  const renderer = (pane) => L.svg({ pane, padding: 0.5 });
  const renderers = Object.fromEntries(panes.map((p) => [p, renderer(p)]));
  function layer(pane, features, style, more) {
    return L.geoJSON(features, { pane, style: (f) => Object.assign({ renderer: renderers[pane], pane }, style(f.properties, f.geometry.type)), ...more });
  }
  function tooltip(properties) {
    const lines = properties.tip.slice(1).map((line) => element("div", {}, line));
    return element("div", {}, element("b", {}, properties.tip[0]), ...lines);
  }
  const withTip = (feature, path) => path.bindTooltip(() => tooltip(feature.properties), { sticky: true });

  const broken = data.grids.features.filter((f) => f.properties.broken);
  const roadWidth = { motorway: 5, trunk: 4.5, main: 4, street: 2.5, lane: 1.2, path: 0.8 };
  const layers = {
    grids: layer("grids", data.grids, (p) => ({ color: "#4d4d4d", weight: 1.2, fillColor: p.fill, fillOpacity: 1 }), {
      onEachFeature(feature, path) {
        state.grids.set(feature.properties.code, { feature, path });
        withTip(feature, path);
        path.on("click", () => choose(feature.properties.code, false));
      } }),
    broken: layer("broken", broken, () => ({ color: "#b3001b", weight: 2, fillColor: "url(#hatch)", fillOpacity: 0.6, interactive: false })),
    roads: layer("roads", data.roads, (p) => ({ color: "#a9afb6", weight: roadWidth[p.class] || 1.2 }), {
      onEachFeature: (feature, path) => { if (feature.properties.tip[0]) withTip(feature, path); } }),
    water: layer("water", data.water, (p, g) => ({ color: "#6fa3c4", weight: g.includes("Polygon") ? 0.8 : 4, fill: g.includes("Polygon"), fillColor: "#bbd7ea", fillOpacity: 0.8, interactive: false })),
    railways: L.layerGroup([["#4a4a4a", 4, null], ["#fff", 2.4, "8 8"]].map(([color, weight, dashArray]) => layer("railways", data.railways, () => ({ color, weight, dashArray, lineCap: "butt", fill: false, interactive: false })))),
    cells: layer("cells", data.cells, () => ({ color: "#595959", weight: 0.6, dashArray: "3 3", fillColor: "#fff", fillOpacity: 0 }), {
      onEachFeature(feature, path) {
        withTip(feature, path);
        path.on("click", () => choose(feature.properties.grid, false));
      } }),
    communities: layer("communities", data.communities, () => ({ color: "#1a1a1a", weight: 3, fill: false, interactive: false })),
    labels: L.layerGroup(),
  };
  // Places are told apart by shape of the ring and colour; a candidate is empty.
  const looks = { venues: ["#0b4f8a", 6], organisations: ["#5b2a86", 5], institutions: ["#404040", 4], compounds: ["#7a5c3e", 3] };
  const places = [];
  Object.entries(data.places).forEach(([name, collection]) => {
    const [color, radius] = looks[name];
    layers[name] = L.geoJSON(collection, {
      pane: "places",
      pointToLayer(feature, at) {
        const style = { renderer: renderers.places, pane: "places", radius, color, weight: 2, fillColor: feature.properties.empty ? "#fff" : color, fillOpacity: 1 };
        const dot = withTip(feature, L.circleMarker(at, style));
        places.push({ name, feature, at });
        return dot.on("click", () => showCard(feature.properties.card));
      },
    });
  });
  const chosenLayer = L.geoJSON(null, { pane: "chosen", style: { renderer: renderers.chosen, pane: "chosen", color: "#0047c2", weight: 4, fill: false, interactive: false } }).addTo(map);
  const whole = layers.communities.getBounds().extend(layers.grids.getBounds());

  // --- legend: it is also the layer switch, and stands beside the map ---
  const swatches = {
    grids: data.palette.map((fill, i, all) => `<rect x="${1 + i * 34 / all.length}" y="2" width="${34 / all.length}" height="12" fill="${fill}" stroke="#4d4d4d"/>`).join(""),
    broken: '<rect x="1" y="2" width="34" height="12" fill="url(#hatch)" stroke="#b3001b" stroke-width="2"/>',
    roads: '<path d="M1 8H35" stroke="#a9afb6" stroke-width="4"/>',
    water: '<rect x="1" y="2" width="34" height="12" fill="#bbd7ea" stroke="#6fa3c4"/>',
    railways: '<path d="M1 8H35" stroke="#4a4a4a" stroke-width="4"/><path d="M1 8H35" stroke="#fff" stroke-width="2.4" stroke-dasharray="8 8"/>',
    cells: '<path d="M1 8H35" stroke="#595959" stroke-dasharray="3 3"/>',
    communities: '<path d="M1 8H35" stroke="#1a1a1a" stroke-width="3"/>',
    labels: '<text x="18" y="13" font-size="13" font-weight="700" text-anchor="middle">001</text>',
    ...Object.fromEntries(Object.entries(looks).map(([name, [color, radius]]) => [name, `<circle cx="18" cy="8" r="${radius}" fill="${color}"/>`])),
  };
  function legendRow(name, switchable, on) {
    const swatch = element("span", {});
    swatch.innerHTML = `<svg width="36" height="16" style="display:block">${swatches[name]}</svg>`; // constants only
    const row = element("label", { className: switchable ? "" : "still" });
    const item = element("li", { className: on ? "" : "off" }, row);
    if (switchable) {
      const box = element("input", { type: "checkbox", checked: on, name });
      box.addEventListener("change", () => {
        item.className = box.checked ? "" : "off";
        if (box.checked) layers[name].addTo(map); else layers[name].remove();
        if (name === "grids" && box.checked && broken.length) layers.broken.addTo(map);
        if (name === "grids" && !box.checked) layers.broken.remove();
        drawLabels();
      });
      row.append(box);
    }
    row.append(swatch, t.layers[name]);
    if (on) layers[name].addTo(map);
    document.getElementById("legend").append(item);
    return item;
  }
  map.fitBounds(whole, { padding: [16, 16] });
  legendRow("grids", true, true).append(element("small", {}, t.note_colours));
  if (broken.length) legendRow("broken", false, true);
  legendRow("communities", true, true);
  ["roads", "railways", "water"].forEach((name) => { if (data[name].features.length) legendRow(name, true, true); });
  legendRow("cells", true, false);
  Object.keys(data.places).forEach((name) => { if (data.places[name].features.length) legendRow(name, true, name === "venues"); });
  legendRow("labels", true, true);

  // --- labels: shown where they fit their area and hit no other ---
  function drawLabels() {
    layers.labels.clearLayers();
    if (!map.hasLayer(layers.labels)) return;
    const taken = [];
    const scale = 256 * 2 ** map.getZoom() / (40075016.7 * Math.cos(whole.getCenter().lat * Math.PI / 180)); // pixels a metre
    if (map.hasLayer(layers.grids)) data.grids.features.forEach((f) => gridLabel(f.properties.label, scale, taken));
    if (map.hasLayer(layers.communities)) data.communities.features.forEach((f) => communityLabel(f.properties.label, scale, taken));
    taken.filter((box) => !box.dropped).forEach((box) => {
      const inside = element("div", {}, ...box.content);
      if (box.size) inside.style.fontSize = `${box.size}px`;
      const icon = L.divIcon({ className: `label ${box.kind}`, html: inside, iconSize: [0, 0] });
      L.marker(box.at, { icon, interactive: false, keyboard: false }).addTo(layers.labels);
    });
  }
  function boxAt(at, width, height) {
    const p = map.latLngToLayerPoint(at);
    return { at, left: p.x - width / 2, right: p.x + width / 2, top: p.y - height / 2, bottom: p.y + height / 2 };
  }
  const meet = (a, b) => !b.dropped && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const widthOf = (text, size) => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e80 ? size : size * 0.58), 0);
  function gridLabel(label, scale, taken) {
    const room = 2 * label.radius_m * scale * 1.1; // an area is seldom just its largest circle
    const wide = widthOf(label.lines[1], 11), narrow = widthOf(label.lines[0], 13);
    const both = Math.hypot(Math.max(wide, narrow), 30) <= room;
    if (!both && Math.hypot(narrow, 16) > room) return;
    const content = [element("b", {}, label.lines[0])].concat(both ? [label.lines[1]] : []);
    taken.push({ kind: "grid", content, ...boxAt(label.at, both ? Math.max(wide, narrow) : narrow, both ? 30 : 16) });
  }
  function communityLabel(label, scale, taken) {
    const size = [16, 14, 12].find((px) => widthOf(label.text, px * 1.04) <= 2.3 * label.radius_m * scale);
    if (!size || !label.places.length) return;
    const boxes = label.places.map((at) => boxAt(at, widthOf(label.text, size * 1.04) + 4, size * 1.3));
    const free = boxes.find((box) => !taken.some((other) => meet(box, other)));
    const box = free || boxes[0];
    const inTheWay = taken.filter((other) => meet(box, other));
    if (inTheWay.some((other) => other.kind === "community")) return;
    inTheWay.forEach((other) => { other.dropped = true; }); // the community's name matters more than a number below it
    taken.push({ kind: "community", size, content: [label.text], ...box });
  }

  // --- details: map and table mark the same grid ---
  function choose(code, goThere) {
    const found = state.grids.get(code);
    if (!found) return;
    state.rows.forEach((row, key) => row.classList.toggle("chosen", key === code));
    state.chosen = code;
    chosenLayer.clearLayers().addData(found.feature);
    showCard(found.feature.properties.card);
    if (!goThere && document.getElementById("list").open) state.rows.get(code).scrollIntoView({ block: "nearest" });
    if (goThere) map.fitBounds(found.path.getBounds(), { maxZoom: 17, padding: [60, 60] });
  }
  function showCard(lines) {
    const list = element("dl", {});
    lines.forEach(([name, text, kind]) => {
      if (name) list.append(element("dt", { className: kind === "wide" ? "wide" : "" }, name));
      list.append(element("dd", { className: kind }, text));
    });
    document.getElementById("card").replaceChildren(list);
    document.getElementById("details").scrollIntoView({ block: "nearest" });
  }
  document.getElementById("card").append(element("p", {}, t.hint));

  // --- search: grids by code, name or community, and places by name ---
  const plain = (text) => text.toLowerCase().replace(/\s+/g, "");
  const known = data.grids.features.map(({ properties: p }) => ({
    text: p.tip[0], more: p.tip[0] === p.code ? p.tip[1] : `${p.code} · ${p.tip[1]}`, go: () => choose(p.code, true),
  }));
  places.forEach(({ name, feature, at }) => known.push({
    text: feature.properties.tip[0], more: t.layers[name],
    go() {
      const box = document.querySelector(`#legend input[name=${name}]`);
      if (box && !box.checked) box.click();
      showCard(feature.properties.card);
      map.setView(at, Math.max(map.getZoom(), 16.5));
    },
  }));
  known.forEach((item) => { item.key = plain(item.text + item.more); });
  const rank = (item, asked) => (plain(item.text).includes(asked) ? 0 : 1); // what bears the name comes first
  document.getElementById("search").addEventListener("keydown", (event) => {
    const first = document.querySelector("#found button");
    if (event.key === "Enter" && !event.isComposing && first) first.click();
  });
  document.getElementById("search").addEventListener("input", (event) => {
    const asked = plain(event.target.value);
    const hits = asked ? known.filter((item) => item.key.includes(asked)).sort((a, b) => rank(a, asked) - rank(b, asked)).slice(0, 30) : [];
    const rows = hits.map((item) => {
      const button = element("button", { type: "button" }, item.text, element("small", {}, item.more));
      button.addEventListener("click", item.go);
      return element("li", {}, button);
    });
    if (asked && !rows.length) rows.push(element("li", {}, element("small", {}, t.nothing_found)));
    document.getElementById("found").replaceChildren(...rows);
  });
  document.querySelectorAll("#table tbody tr").forEach((row) => {
    state.rows.set(row.dataset.code, row);
    row.tabIndex = 0;
    row.addEventListener("click", () => choose(row.dataset.code, true));
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(row.dataset.code, true); });
  });

  // --- controls ---
  L.control.zoom({ position: "topleft" }).addTo(map);
  const reset = L.DomUtil.create("a", "reset", map.zoomControl ? map.zoomControl.getContainer() : document.querySelector(".leaflet-control-zoom"));
  reset.href = "#";
  reset.setAttribute("role", "button");
  reset.textContent = t.reset;
  L.DomEvent.disableClickPropagation(reset).on(reset, "click", (event) => {
    L.DomEvent.preventDefault(event);
    map.fitBounds(whole, { padding: [16, 16] });
  });
  L.control.scale({ imperial: false, maxWidth: 160, position: "bottomleft" }).addTo(map);
  const north = L.control({ position: "topright" });
  north.onAdd = () => {
    const node = element("div", { className: "north" });
    node.innerHTML = '<svg width="18" height="26"><path d="M9 0 17 25 9 19 1 25Z" fill="#1a1a1a"/></svg>'; // a constant
    node.append(t.north);
    return node;
  };
  north.addTo(map);

  // Unfolding the table makes the map lower; it keeps its middle.
  const printing = window.matchMedia("print");
  const settle = () => { if (!before && !printing.matches) map.invalidateSize({ animate: false }); };
  new ResizeObserver(settle).observe(map.getContainer());

  // --- print: the sheet has its own size; the view is fitted to it and restored afterwards ---
  window.addEventListener("beforeprint", () => {
    if (before) return;
    const seen = map.getBounds();
    before = { view: seen.contains(whole) ? whole : seen, seen, open: document.getElementById("list").open };
    document.getElementById("list").open = true;
    Object.assign(map.getContainer().style, { width: "740px", height: "638px" });
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(before.view, { animate: false, padding: before.view === whole ? [8, 8] : [0, 0] });
  });
  window.addEventListener("afterprint", () => {
    if (!before) return;
    Object.assign(map.getContainer().style, { width: "", height: "" });
    document.getElementById("list").open = before.open;
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(before.seen, { animate: false });
    before = null;
  });

  map.on("zoomend viewreset", drawLabels);
  drawLabels();
  document.documentElement.dataset.ready = "yes";
})();
