/* The plan on the desk, where a person adjusts it: which cell is in which grid, in colours, borders and labels.
 * The geometry file says what cells there are and where two of them meet (`links`); the delta's `desk` says the rest:
 *   {base, cells, grids, done, version, locked, changed, select, undo, redo, visit, who, only, band}
 * `base` names a file {cells: {id: code}, grids: {code: facts}} of the plan when the desk was opened; `cells` and
 * `grids` are what differs since. What the person asks for is painted at once and stays painted until the server
 * has dealt with it (`done` is the number of the last wish dealt with): then the server's plan is the truth.
 */
(function () {
  "use strict";

  const gp = window.gridplanMap;
  const BORDER = { color: "#2f2f2f", weight: 2.4, opacity: 0.95, fill: false, interactive: false };
  const BROKEN = { color: "#d7191c", weight: 3.5, dashArray: "7 4", opacity: 1, fill: false, interactive: false };
  const CHOSEN = [{ color: "#ffffff", weight: 7 }, { color: "#0b5cad", weight: 4 }];
  const NEW_COLOUR = "#fff2b3";
  const desk = {
    on: false, data: null, base: null, delta: null, grid: {}, grids: {}, sums: {}, wishes: [], chosen: new Set(),
    cells: {}, links: {}, beside: {}, painted: {}, lines: {}, labels: {}, last: null,
    marks: null, choice: null, baseName: null, selectSeq: null,
  };

  /* ---------- the geometry ---------- */

  function load(data) {
    const spec = data.kind === "adjust" ? data.layers.find(function (layer) { return layer.key === "cells"; }) : null;
    clear();
    desk.on = Boolean(spec);
    desk.data = desk.on ? data : null;
    gp.pick.show(desk.on);
    if (!desk.on) return;
    spec.features.forEach(function (feature) { desk.cells[feature.id] = feature; });
    (data.links || []).forEach(function (link) {
      const pair = { a: spec.features[link[0]].id, b: spec.features[link[1]].id, m: link[2], line: link[3] };
      (desk.beside[pair.a] = desk.beside[pair.a] || []).push([pair.b, pair.m]);
      (desk.beside[pair.b] = desk.beside[pair.b] || []).push([pair.a, pair.m]);
      const place = desk.cells[pair.a].m;
      (desk.links[place] = desk.links[place] || []).push(pair);
    });
  }

  function clear() {
    Object.values(desk.lines).forEach(function (line) { line.remove(); });
    [desk.marks, desk.choice].forEach(function (group) { if (group) group.remove(); });
    Object.assign(desk, {
      grid: {}, sums: {}, cells: {}, links: {}, beside: {}, painted: {}, lines: {}, labels: {}, last: null,
      marks: L.featureGroup().addTo(gp.state.map), choice: L.featureGroup().addTo(gp.state.map),
    });
  }

  /* ---------- what the server says ---------- */

  function apply(delta) {
    if (!desk.on || !delta) return;
    desk.delta = delta;
    if (delta.base === desk.baseName && desk.base) { settle(); return; }
    desk.baseName = delta.base;
    fetch(new URL(delta.base, gp.state.base))
      .then(function (answer) { return answer.json(); })
      .then(function (base) {
        if (delta.base !== desk.baseName) return;
        desk.base = base;
        settle();
      })
      .catch(function (error) { desk.baseName = null; console.error(error); });
  }

  function settle() {
    const delta = desk.delta;
    if (!delta || !desk.base) return;
    desk.wishes = desk.wishes.filter(function (wish) { return wish.n > delta.done; });
    if (delta.select && delta.select.seq !== desk.selectSeq) {
      if (desk.selectSeq !== null || delta.select.ids.length) desk.chosen = new Set(delta.select.ids);
      desk.selectSeq = delta.select.seq;
    }
    if (delta.who) gp.pick.who(delta.who);
    else if (gp.pick.who() && desk.named !== delta.visit) gp.pick.send(gp.pick.who());
    desk.named = delta.visit;
    desk.grids = over(desk.base.grids, delta.grids);
    draw();
  }

  /* What differs, on top of what was published: ten thousand cells are not copied for the sake of one. */
  function over(base, changes) {
    return Object.assign(Object.create(base), changes);
  }

  /* The plan as it will be once every wish is granted. */
  function plan() {
    const grid = over(desk.base.cells, desk.delta.cells);
    desk.wishes.forEach(function (wish) { Object.assign(grid, wish.paint || {}); });
    return grid;
  }

  /* ---------- drawing ---------- */

  /* Only what differs from the last drawing is drawn: of large plans everything else takes longer than an edit. */
  function draw() {
    if (!desk.on || !desk.base || !desk.delta) return;
    const before = desk.last || { grid: {}, grids: {}, chosen: [], locked: [], changed: [], wishes: [] };
    const now = {
      grid: plan(), grids: desk.grids, chosen: [...desk.chosen], wishes: desk.wishes.slice(),
      locked: desk.delta.locked || [], changed: desk.delta.changed || [],
    };
    desk.grid = now.grid;
    desk.last = now;
    const moved = differing(before.grid, now.grid, Object.keys(desk.cells)).filter(function (id) { return desk.cells[id]; });
    const touched = add(before.grid, moved);
    const looks = differing(before.grids, now.grids, Object.keys(desk.sums), lookText);
    paint(before, now, moved, looks);
    const raised = borders(moved);
    const shown = [...touched, ...looks, ...aimed(before.wishes), ...aimed(now.wishes)];
    if (shown.length) mark();
    if (before.chosen.join() !== now.chosen.join()) choice();
    if (raised) raise();
    if (label([...touched, ...looks])) gp.drawLabels();
    gp.pick.tellChoice();
    if (gp.state.tip && gp.state.tip.isOpen()) gp.state.tip.update();
  }

  /* The keys whose value differs between two values of `over`; all there are where they have different bases. */
  function differing(before, after, all, text) {
    const same = function (key) { return text ? text(before[key]) === text(after[key]) : before[key] === after[key]; };
    if (Object.getPrototypeOf(before) !== Object.getPrototypeOf(after)) return all;
    return [...new Set(Object.keys(before).concat(Object.keys(after)))].filter(function (key) { return !same(key); });
  }

  function lookText(look) { return look ? [look.c, look.t, look.name, look.bad, look.lock, look.ded].join() : ""; }

  /* The grids that wishes not yet granted take from or give to. */
  function aimed(wishes) {
    return wishes.flatMap(function (wish) { return Object.values(wish.paint).concat(Object.values(wish.from)); });
  }

  function paint(before, now, moved, looks) {
    const ids = new Set(moved);
    ["chosen", "locked", "changed"].forEach(function (name) {
      before[name].forEach(function (id) { ids.add(id); });
      now[name].forEach(function (id) { ids.add(id); });
    });
    looks.forEach(function (code) { ((desk.sums[code] || {}).cells || []).forEach(function (id) { ids.add(id); }); });
    const locked = new Set(now.locked), changed = new Set(now.changed);
    const byId = gp.state.byLayer.cells.byId;
    ids.forEach(function (id) {
      if (!desk.cells[id]) return;
      const look = lookOf(id, locked, changed);
      const key = look.join();
      if (desk.painted[id] === key) return;
      desk.painted[id] = key;
      const style = { fillColor: gp.pattern(look[0], look[1]), fillOpacity: look[1] === "open" ? 1 : 0.8 };
      (byId[id] || []).forEach(function (path) { path.setStyle(style); });
    });
  }

  function lookOf(id, locked, changed) {
    const code = desk.grid[id];
    const grid = code ? desk.grids[code] : null;
    const colour = grid ? grid.c : code ? NEW_COLOUR : "#ffffff";
    if (desk.chosen.has(id)) return [colour, "chosen"];
    if (!code) return [colour, "open"];
    if (changed.has(id)) return [colour, "changed"];
    return [colour, locked.has(id) || (grid && grid.lock) ? "locked" : "plain"];
  }

  /* Households, residents and cells of each grid that gains or loses cells, counted here so that they are there at
   * once; gives the codes of those grids. */
  function add(before, moved) {
    const lists = {};
    const all = moved.length === Object.keys(desk.cells).length;
    if (all) desk.sums = {};
    moved.forEach(function (id) {
      [all ? null : before[id], desk.grid[id]].forEach(function (code) {
        if (code && !lists[code]) lists[code] = ((desk.sums[code] || {}).cells || []).filter(function (own) { return desk.grid[own] === code; });
      });
      if (desk.grid[id]) lists[desk.grid[id]].push(id);
    });
    Object.keys(lists).forEach(function (code) {
      if (lists[code].length) desk.sums[code] = total(lists[code]); else delete desk.sums[code];
    });
    return Object.keys(lists);
  }

  function total(ids) {
    const sum = { h: 0, n: 0, cells: ids, area: 0, lat: 0, lon: 0, m: desk.cells[ids[0]].m };
    ids.forEach(function (id) {
      const cell = desk.cells[id];
      sum.h += cell.h;
      sum.n += cell.n;
      sum.area += cell.a;
      sum.lat += cell.p[0] * cell.a;
      sum.lon += cell.p[1] * cell.a;
    });
    return sum;
  }

  /* One line a community holds all borders between its grids, drawn anew only where one of its cells moved; tells
   * whether there is a new line. */
  function borders(moved) {
    let fresh = false;
    new Set(moved.map(function (id) { return desk.cells[id].m; })).forEach(function (place) {
      const apart = (desk.links[place] || []).filter(function (link) { return desk.grid[link.a] !== desk.grid[link.b]; });
      if (!desk.lines[place]) {
        desk.lines[place] = L.polyline([], BORDER).addTo(gp.state.map);
        fresh = true;
      }
      desk.lines[place].setLatLngs(apart.flatMap(function (link) { return link.line; }));
    });
    return fresh;
  }

  function mark() {
    desk.marks.clearLayers();
    Object.keys(desk.sums).filter(broken).forEach(function (code) {
      desk.marks.addLayer(L.polyline(around(desk.sums[code].cells), BROKEN));
    });
    desk.choice.bringToFront();
  }

  /* A grid breaks a rule as the server says, or already before it has answered, when its size is out of the band. */
  function broken(code) {
    const grid = desk.grids[code] || {};
    const moved = desk.wishes.some(function (wish) {
      return Object.keys(wish.paint || {}).some(function (id) { return desk.grid[id] === code || wish.from[id] === code; });
    });
    return moved ? !fits(code) : Boolean(grid.bad);
  }

  function fits(code, more) {
    const grid = desk.grids[code] || {};
    const band = desk.delta.band;
    const size = (desk.sums[code] ? desk.sums[code].h : 0) + (more || 0);
    return Boolean(grid.ded) || (size >= band[0] && size <= band[1]);
  }

  function around(ids) {
    return gp.outerEdges(ids.map(function (id) { return desk.cells[id]; }));
  }

  function choice() {
    desk.choice.clearLayers();
    if (!desk.chosen.size) return;
    const lines = around([...desk.chosen].filter(function (id) { return desk.cells[id]; }));
    CHOSEN.forEach(function (style) {
      desk.choice.addLayer(L.polyline(lines, Object.assign({ opacity: 1, interactive: false }, style)));
    });
  }

  function raise() {
    if (!desk.on) return;
    Object.values(desk.lines).forEach(function (line) { line.bringToFront(); });
    desk.marks.bringToFront();
    desk.choice.bringToFront();
  }

  /* A grid's label sits on its cell that is nearest to the grid's middle, so that it never leaves the grid. */
  function label(codes) {
    new Set(codes).forEach(function (code) {
      const sum = desk.sums[code];
      if (!sum) { delete desk.labels[code]; return; }
      const grid = desk.grids[code] || {};
      const lines = [
        grid.t || desk.data.words.fresh,
        gp.fill(desk.data.words.households, { n: sum.h.toLocaleString(desk.data.lang) }),
      ];
      if (grid.ded) lines.push(desk.data.words.dedicated);
      if (grid.lock) lines.push(desk.data.words.locked);
      desk.labels[code] = { p: nearest(sum), l: lines, r: 0.62 * Math.sqrt(sum.area / Math.PI) };
    });
    return codes.length > 0;
  }

  function nearest(sum) {
    const lat = sum.lat / sum.area, lon = sum.lon / sum.area, shrink = Math.cos(lat * Math.PI / 180);
    let near = null, least = Infinity;
    sum.cells.forEach(function (id) {
      const p = desk.cells[id].p;
      const far = Math.pow(p[0] - lat, 2) + Math.pow((p[1] - lon) * shrink, 2);
      if (far < least) { least = far; near = p; }
    });
    return near;
  }

  /* The tooltip of a cell begins with its grid as it is now. */
  function tell(spec, feature) {
    if (!desk.on || spec.key !== "cells") return feature.t;
    const code = desk.grid[feature.id];
    const sum = code ? desk.sums[code] : null;
    const words = desk.data.words;
    const grid = code ? desk.grids[code] || {} : {};
    const first = sum ? gp.fill(words.in_grid, { grid: grid.name || grid.t || words.fresh, n: sum.h.toLocaleString(desk.data.lang) }) : words.open;
    return [first, ...feature.t];
  }

  /* ---------- wishes ---------- */

  function wish(kind, facts, paint) {
    const number = gp.pick.number();
    const from = {};
    Object.keys(paint || {}).forEach(function (id) { from[id] = desk.grid[id]; });
    const seen = (desk.delta || {}).version || 0;
    desk.wishes.push({ n: number, kind: kind, facts: facts, seen: seen, paint: paint || {}, from: from, at: Date.now() });
    if (paint) desk.chosen = new Set();
    draw();
    gp.pick.send();
    gp.pick.tellLater();
  }

  Object.assign(gp, {
    desk: {
      state: desk, load: load, apply: apply, raise: raise, draw: draw, tell: tell, wish: wish, fits: fits,
      labels: function () { return desk.on ? Object.values(desk.labels) : []; },
    },
    fill: function (text, facts) {
      return text.replace(/\{(\w+)\}/g, function (_, name) { return name in facts ? facts[name] : ""; });
    },
  });
})();
