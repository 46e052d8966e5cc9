/* Fills that say more than a colour, and survive a grey printer: open cells are hatched, locked ones dotted, cells that
 * a preview would move striped; chosen ones are tinted. The canvas takes a pattern wherever Leaflet hands it a colour.
 */
(function () {
  "use strict";

  const gp = window.gridplanMap;
  const SIDE = 8;
  const made = {};

  function pattern(colour, kind) {
    if (kind === "plain") return colour;
    const key = colour + kind;
    if (!made[key]) made[key] = make(colour, kind);
    return made[key];
  }

  function make(colour, kind) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = SIDE;
    const pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, SIDE, SIDE);
    if (kind === "chosen") {
      pen.fillStyle = "rgba(11, 92, 173, 0.55)";
      pen.fillRect(0, 0, SIDE, SIDE);
    } else if (kind === "locked") {
      pen.fillStyle = "rgba(40, 40, 40, 0.75)";
      pen.fillRect(3, 3, 2, 2);
    } else {
      stripes(pen, kind === "open" ? "#8a8a8a" : "#303030", kind === "open");
    }
    return pen.createPattern(tile, "repeat");
  }

  function stripes(pen, colour, rising) {
    pen.strokeStyle = colour;
    pen.lineWidth = 1.2;
    [-SIDE, 0, SIDE].forEach(function (shift) {
      pen.beginPath();
      pen.moveTo(shift, rising ? SIDE : 0);
      pen.lineTo(shift + SIDE, rising ? 0 : SIDE);
      pen.stroke();
    });
  }

  gp.pattern = pattern;
})();
