/* Picking cells on the map, and what can be done with them there: a bar of tools, a bar of offers, and keys.
 * A click picks a cell, its compound or its grid; a box or a freehand loop picks what has its middle inside. With
 * Shift or Ctrl the pick is added to, or taken back. Keys: Ctrl+Z, Ctrl+Y or Ctrl+Shift+Z, Escape, 1-9, Enter, N.
 * Everything goes to the server as one value: what is chosen, and every wish that it has not dealt with yet, so
 * that none is lost when one value overtakes another.
 */
(function () {
  "use strict";

  const gp = window.gridplanMap;
  const TOOLS = ["cell", "compound", "grid", "box", "lasso"];
  const MOST_OFFERS = 5;
  const LATE_MS = 4000;
  const pick = { tool: "cell", bar: null, offers: null, sheet: null, path: null, last: 0, timer: null, focus: null, seen: [] };

  function show(on) {
    if (!pick.bar) build();
    document.body.classList.toggle("gp-adjust", on);
    const map = gp.state.map;
    if (on) { map.boxZoom.disable(); map.doubleClickZoom.disable(); } else { map.boxZoom.enable(); map.doubleClickZoom.enable(); }
    use(on ? pick.tool : "cell");
  }

  function build() {
    const box = gp.state.map.getContainer();
    pick.bar = document.createElement("div");
    pick.bar.className = "gp-bar gp-tools";
    pick.offers = document.createElement("div");
    pick.offers.className = "gp-bar gp-offers";
    pick.sheet = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    pick.sheet.setAttribute("class", "gp-sheet");
    pick.unsaved = document.createElement("div");
    pick.unsaved.className = "gp-bar gp-unsaved";
    pick.unsaved.setAttribute("role", "status");
    pick.unsaved.hidden = true;
    box.append(pick.sheet, pick.bar, pick.offers, pick.unsaved);
    [pick.bar, pick.offers].forEach(function (bar) {
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.disableScrollPropagation(bar);
    });
    gp.state.map.on("click", function (event) {
      if (gp.desk.state.on && !drawing()) touch(event.latlng, event.originalEvent);
    });
    pick.sheet.addEventListener("pointerdown", begin);
    pick.sheet.addEventListener("pointermove", trace);
    pick.sheet.addEventListener("pointerup", finish);
    pick.sheet.addEventListener("pointercancel", cancel);
    document.addEventListener("keydown", key);
    listenOutside();
  }

  /* The keys work too when a button of the page beside the map was the last thing clicked. */
  function listenOutside() {
    try {
      const page = window.parent.document;
      const heard = function (event) { if (!event.target.closest("input, textarea, [contenteditable], [role=grid]")) key(event); };
      page.addEventListener("keydown", heard);
      window.addEventListener("pagehide", function () { page.removeEventListener("keydown", heard); });
    } catch (error) { /* a page of another origin keeps its keys */ }
  }

  function drawing() { return pick.tool === "box" || pick.tool === "lasso"; }

  function use(tool) {
    pick.tool = tool;
    cancel();
    pick.sheet.classList.toggle("gp-ready", gp.desk.state.on && drawing());
    tools();
  }

  /* ---------- the bars ---------- */

  function button(label, title, act, chosen) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.title = title;
    if (chosen !== undefined) made.setAttribute("aria-pressed", chosen);
    made.addEventListener("click", act);
    return made;
  }

  function tools() {
    const desk = gp.desk.state;
    pick.bar.replaceChildren();
    if (!desk.on) return;
    const words = desk.data.words;
    TOOLS.forEach(function (tool) {
      pick.bar.append(button(words["tool_" + tool], words["tool_" + tool + "_tip"], function () { use(tool); }, tool === pick.tool));
    });
    const delta = desk.delta || {};
    const undo = button(words.undo, delta.undo || words.nothing_to_undo, function () { gp.desk.wish("undo", {}); });
    const redo = button(words.redo, delta.redo || words.nothing_to_redo, function () { gp.desk.wish("redo", {}); });
    undo.disabled = !delta.undo;
    redo.disabled = !delta.redo;
    undo.className = "gp-first";
    pick.bar.append(undo, redo, button(words.clear, words.clear_tip, none));
  }

  /* What is painted is not saved before the server says so: when that takes long, the map must not keep it quiet. */
  function tellUnsaved() {
    const desk = gp.desk.state;
    const late = desk.wishes.filter(function (wish) { return Date.now() - wish.at >= LATE_MS; });
    pick.unsaved.hidden = !late.length;
    if (late.length) pick.unsaved.textContent = gp.fill(desk.data.words.unsaved, { n: late.length });
  }

  /* What the chosen cells could be given to: the grids beside them, longest common border first. */
  function beside() {
    const desk = gp.desk.state;
    const metres = {};
    const homes = new Set();
    desk.chosen.forEach(function (id) {
      homes.add(desk.grid[id]);
      (desk.beside[id] || []).forEach(function (pair) {
        const code = desk.grid[pair[0]];
        if (code && !desk.chosen.has(pair[0])) metres[code] = (metres[code] || 0) + pair[1];
      });
    });
    // Cells of one grid need no offer to stay where they are.
    if (homes.size === 1) delete metres[[...homes][0]];
    return Object.keys(metres).sort(function (a, b) { return metres[b] - metres[a]; });
  }

  function tellChoice() {
    const desk = gp.desk.state;
    tools();
    tellUnsaved();
    pick.offers.replaceChildren();
    pick.seen = [];
    if (!desk.on || !desk.chosen.size) { pick.offers.hidden = true; return; }
    pick.offers.hidden = false;
    const words = desk.data.words, tag = desk.data.lang;
    const cells = [...desk.chosen].map(function (id) { return desk.cells[id]; }).filter(Boolean);
    const total = function (name) { return cells.reduce(function (sum, cell) { return sum + cell[name]; }, 0); };
    const said = document.createElement("span");
    said.textContent = gp.fill(words.chosen, { cells: cells.length, n: total("h").toLocaleString(tag), residents: total("n").toLocaleString(tag) });
    pick.offers.append(said);
    if (new Set(cells.map(function (cell) { return cell.m; })).size > 1) {
      said.textContent += " " + words.two_communities;
      return;
    }
    beside().slice(0, MOST_OFFERS).forEach(function (code, at) { pick.offers.append(offer(code, at, total)); });
    pick.offers.append(button("N " + words.new_grid, words.new_grid_tip, fresh));
  }

  function offer(code, at, total) {
    const desk = gp.desk.state, words = desk.data.words;
    const inside = [...desk.chosen].reduce(function (sum, id) { return sum + (desk.grid[id] === code ? desk.cells[id].h : 0); }, 0);
    const more = total("h") - inside;
    const grid = desk.grids[code] || {};
    const facts = { grid: grid.t || words.fresh, n: (desk.sums[code].h + more).toLocaleString(desk.data.lang) };
    const made = button((at + 1) + " ", gp.fill(words.give_tip, facts), function () { give(code); });
    const colour = document.createElement("i");
    colour.style.background = grid.c || "#ffffff";
    made.append(colour, gp.fill(words.give, facts) + (gp.desk.fits(code, more) ? "" : " " + words.out_of_band));
    made.disabled = Boolean(grid.lock);
    pick.seen.push(code);
    return made;
  }

  /* ---------- picking ---------- */

  function touch(at, event) {
    const id = hit([at.lat, at.lng]);
    if (!id) return;
    const desk = gp.desk.state, cell = desk.cells[id];
    let ids = [id];
    if (pick.tool === "compound" && cell.k) ids = those(function (other) { return other.k === cell.k && other.m === cell.m; });
    if (pick.tool === "grid" && desk.grid[id]) ids = those(function (other) { return desk.grid[other.id] === desk.grid[id]; });
    pick.focus = id;
    choose(ids, event.shiftKey || event.ctrlKey || event.metaKey);
  }

  function those(wanted) {
    return Object.values(gp.desk.state.cells).filter(wanted).map(function (cell) { return cell.id; });
  }

  function choose(ids, more) {
    const desk = gp.desk.state;
    if (!more) {
      const same = ids.length === desk.chosen.size && ids.every(function (id) { return desk.chosen.has(id); });
      desk.chosen = new Set(same ? [] : ids);
    } else if (ids.every(function (id) { return desk.chosen.has(id); })) {
      ids.forEach(function (id) { desk.chosen.delete(id); });
    } else {
      ids.forEach(function (id) { desk.chosen.add(id); });
    }
    gp.desk.draw();
    later();
  }

  function none() {
    cancel();
    if (!gp.desk.state.chosen.size) return;
    gp.desk.state.chosen = new Set();
    gp.desk.draw();
    later();
  }

  function give(code) { const ids = [...gp.desk.state.chosen]; if (ids.length) gp.desk.wish("give", { cells: ids, grid: code }, paint(ids, code)); }

  function fresh() { const ids = [...gp.desk.state.chosen]; if (ids.length) gp.desk.wish("new_grid", { cells: ids }, paint(ids, "+" + (pick.last + 1))); }

  function paint(ids, code) {
    const painted = {};
    ids.forEach(function (id) { painted[id] = code; });
    return painted;
  }

  function hit(at) {
    return Object.keys(gp.desk.state.cells).find(function (id) { return holds(gp.desk.state.cells[id], at); });
  }

  function holds(cell, at) {
    const parts = cell.g.type === "MultiPolygon" ? cell.g.coordinates : [cell.g.coordinates];
    if (!cell.box) cell.box = boxOf(parts);
    const x = at[1], y = at[0];
    if (x < cell.box[0] || y < cell.box[1] || x > cell.box[2] || y > cell.box[3]) return false;
    return parts.some(function (rings) {
      return rings.reduce(function (inside, ring) { return inside !== inRing(ring, x, y); }, false);
    });
  }

  function boxOf(parts) {
    const xs = [], ys = [];
    parts.forEach(function (rings) { rings[0].forEach(function (xy) { xs.push(xy[0]); ys.push(xy[1]); }); });
    return [Math.min.apply(null, xs), Math.min.apply(null, ys), Math.max.apply(null, xs), Math.max.apply(null, ys)];
  }

  /* Crossings of a ray to the right: an odd number is inside. */
  function inRing(ring, x, y) {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const a = ring[i], b = ring[j];
      if ((a[1] > y) !== (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]) inside = !inside;
    }
    return inside;
  }

  /* ---------- box and loop ---------- */

  function begin(event) {
    if (event.button !== 0) return;
    pick.path = [spot(event)];
    pick.sheet.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  function trace(event) {
    if (!pick.path) return;
    const here = spot(event);
    if (pick.tool === "box") pick.path[1] = here; else pick.path.push(here);
    let shape = pick.sheet.firstChild;
    if (!shape) shape = pick.sheet.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "polygon"));
    shape.setAttribute("points", corners().map(function (xy) { return xy.join(); }).join(" "));
  }

  function finish(event) {
    if (!pick.path) return;
    const ring = corners();
    const small = Math.max.apply(null, ring.map(function (xy) { return Math.hypot(xy[0] - ring[0][0], xy[1] - ring[0][1]); })) < 4;
    cancel();
    const map = gp.state.map;
    if (small) { touch(map.containerPointToLatLng(spot(event)), event); return; }
    const only = (gp.desk.state.delta || {}).only;
    const ids = those(function (cell) {
      const at = map.latLngToContainerPoint(cell.p);
      return inRing(ring, at.x, at.y) && (!only || cell.m === only);
    });
    pick.focus = ids[0] || null;
    choose(ids, event.shiftKey || event.ctrlKey || event.metaKey);
  }

  function cancel() {
    pick.path = null;
    if (pick.sheet) pick.sheet.replaceChildren();
  }

  function corners() {
    if (pick.tool !== "box") return pick.path;
    const a = pick.path[0], b = pick.path[1] || pick.path[0];
    return [a, [b[0], a[1]], b, [a[0], b[1]]];
  }

  function spot(event) {
    const box = pick.sheet.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /* ---------- keys ---------- */

  function key(event) {
    const desk = gp.desk.state;
    if (!desk.on || event.altKey) return;
    const command = event.ctrlKey || event.metaKey, letter = event.key.toLowerCase(), delta = desk.delta || {};
    let act = null;
    if (command && letter === "z" && !event.shiftKey) act = delta.undo && function () { gp.desk.wish("undo", {}); };
    else if (command && (letter === "y" || letter === "z")) act = delta.redo && function () { gp.desk.wish("redo", {}); };
    else if (command) return;
    else if (event.key === "Escape") act = none;
    else if (letter === "n" && desk.chosen.size) act = fresh;
    else if (event.key === "Enter" && pick.seen.length) act = function () { give(pick.seen[0]); };
    else if (pick.seen[Number(event.key) - 1]) act = function () { give(pick.seen[Number(event.key) - 1]); };
    if (act) { act(); event.preventDefault(); }
  }

  /* ---------- to the server ---------- */

  function number() {
    pick.last = Math.max(Date.now(), pick.last + 1);
    return pick.last;
  }

  function later() {
    clearTimeout(pick.timer);
    pick.timer = setTimeout(function () { send(); }, 60);
  }

  function send(name) {
    clearTimeout(pick.timer);
    const desk = gp.desk.state;
    const wishes = desk.wishes.map(function (wish) { return { n: wish.n, kind: wish.kind, facts: wish.facts, seen: wish.seen }; });
    window.Streamlit.setComponentValue({
      clicked: null, n: number(), desk: { chosen: [...desk.chosen], focus: pick.focus, wishes: wishes, who: name || "" },
    });
  }

  /* The name under which edits are logged is asked for once: this browser remembers it. */
  function who(name) {
    try {
      if (name) window.localStorage.setItem("gridplan:who", name);
      return window.localStorage.getItem("gridplan:who") || "";
    } catch (error) { return ""; }
  }

  gp.pick = { show: show, tellChoice: tellChoice, tellLater: function () { setTimeout(tellUnsaved, LATE_MS + 50); }, number: number, send: send, who: who, state: pick };
})();
