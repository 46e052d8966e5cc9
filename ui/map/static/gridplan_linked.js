/* Maps side by side that move together, ground that is hatched, and a place put by a click.
 *   data.link   maps of one page with the same text show the same place at the same zoom
 *   data.hatch  keys of layers whose areas are striped, so that they survive a grey printer
 *   data.place_pick  a click puts a corner; all of them go to the server as {clicked: "@lon lat;lon lat", n}
 */
(function () {
  "use strict";

  const gp = window.gridplanMap;
  const EVENT = "gridplan-view";
  const me = String(Math.random());
  const corners = [];
  let drawn = null;
  let following = false;

  function share() {
    const state = gp.state;
    if (following || !state.data || !state.data.link) return;
    if (!state.map.getSize().x) return;  // a frame that is being drawn or taken away has no place to share
    const at = state.map.getCenter();
    const detail = { from: me, link: state.data.link, center: [at.lat, at.lng], zoom: state.map.getZoom() };
    window.parent.dispatchEvent(new CustomEvent(EVENT, { detail: detail }));
  }

  function follow(event) {
    const state = gp.state, told = event.detail;
    if (!state.data || !told || told.from === me || told.link !== state.data.link) return;
    if (!state.map.getSize().x || !Number.isFinite(told.center[0])) return;
    following = true;
    state.map.setView(told.center, told.zoom, { animate: false });
    following = false;
  }

  function hatch() {
    (gp.state.data.hatch || []).forEach(function (key) {
      const layer = gp.state.byLayer[key];
      if (!layer) return;
      layer.spec.features.forEach(function (feature) {
        (layer.byId[feature.id] || []).forEach(function (path) {
          path.setStyle({ fillColor: gp.pattern(feature.c || "#cccccc", "moved") });
        });
      });
    });
  }

  function pick(event) {
    const state = gp.state;
    if (!state.data || !state.data.place_pick) return;
    if (state.data.place_pick === "point") corners.length = 0;
    corners.push(event.latlng);
    draw();
    send();
  }

  function clear(event) {
    if (!gp.state.data || !gp.state.data.place_pick) return;
    L.DomEvent.preventDefault(event.originalEvent);
    corners.length = 0;
    draw();
    send();
  }

  function draw() {
    if (drawn) drawn.remove();
    drawn = L.featureGroup().addTo(gp.state.map);
    const style = { color: "#7a0177", weight: 3, fillOpacity: 0.2, interactive: false };
    if (corners.length > 2) drawn.addLayer(L.polygon(corners, style));
    else if (corners.length > 1) drawn.addLayer(L.polyline(corners, style));
    corners.forEach(function (at) {
      drawn.addLayer(L.circleMarker(at, { radius: 5, color: "#ffffff", weight: 2, fillColor: "#7a0177", fillOpacity: 1, interactive: false }));
    });
  }

  function send() {
    const text = corners.map(function (at) { return at.lng.toFixed(7) + " " + at.lat.toFixed(7); }).join(";");
    window.Streamlit.setComponentValue({ clicked: "@" + text, n: Date.now() });
  }

  const drawLegend = gp.drawLegend;
  gp.drawLegend = function () {
    drawLegend();
    hatch();
  };

  const start = gp.start;
  gp.start = function (map) {
    start(map);
    map.on("moveend", share);
    map.on("click", pick);
    map.on("contextmenu", clear);
    window.parent.addEventListener(EVENT, follow);
    window.addEventListener("pagehide", function () { window.parent.removeEventListener(EVENT, follow); });
  };
})();
