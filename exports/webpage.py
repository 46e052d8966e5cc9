"""Write an outcome as one web page that opens from a file and asks the network for nothing."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from string import Template

from xstatic.pkg import leaflet

from exports.request import Request
from exports.sheet.figures import scenario_name
from exports.sheet.ground import place_name
from exports.webdata import page_data, page_figures, page_table

_LEAFLET = Path(leaflet.BASE_DIR)
_WEB = Path(__file__).parent / "web"


def write_webpage(request: Request, path: Path) -> None:
    """Write the page: Leaflet and data inside, a policy that forbids every connection, all names escaped."""
    texts, outcome = request.texts, request.outcome
    scripts = {"leaflet_js": _leaflet_js(), "page_js": _read("page.js")}
    place, what = place_name(request), texts("sheets.map.all")
    heading = request.sheet.title or texts("sheets.title", place=place, what=what).strip(" ·")
    words = {
        "lang": texts.language.replace("_", "-"),
        "title": f"{heading} · {scenario_name(request)}",
        "heading": heading,
        "scenario": texts("exports.scenario", name=scenario_name(request)),
        "date": "" if request.date is None else texts("exports.date", date=request.date.isoformat()),
        "draft": texts("exports.draft"),
        "figures_title": texts("exports.figures"),
        "legend_title": texts("exports.legend"),
        "details_title": texts("exports.details"),
        "search": texts("exports.search"),
        "table_title": texts("exports.table", n=len(outcome.grids)),
        "note_crs": texts("exports.note_crs"),
        "sources": request.said_of_data(),
        "needs_script": texts("exports.needs_script"),
    }
    page = Template(_read("page.html")).substitute(
        {name: html.escape(text) for name, text in words.items()},
        script_hashes=" ".join(_hash(script) for script in scripts.values()),
        leaflet_licence=_read("leaflet-licence.txt"),
        leaflet_css=_leaflet_css(),
        page_css=_read("page.css"),
        figures=page_figures(request),
        table=page_table(request),
        data=json_for_script(page_data(request)),
        **scripts,
    )
    path.write_text(page, encoding="utf-8", newline="\n")


def json_for_script(value: object) -> str:
    r"""Write JSON that may stand inside a script element: `<` as `\u003c` …, so that no text ends it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    escapes = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    return text.translate({ord(sign): escape for sign, escape in escapes.items()})


def _read(name: str) -> str:
    return (_WEB / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _leaflet_js() -> str:
    """Read Leaflet without its last line, which makes a browser's developer tools ask for a source map."""
    script = (_LEAFLET / "leaflet.js").read_text(encoding="utf-8")
    return re.sub(r"\n//# sourceMappingURL=.*\s*$", "", script)


def _leaflet_css() -> str:
    """Read Leaflet's styles without its pictures, which belong to controls that the page does not use."""
    styles = (_LEAFLET / "leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"url\((?!#default)[^)]*\)", "none", styles)
