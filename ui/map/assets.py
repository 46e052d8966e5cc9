"""Scripts, styles and geometry that the browser asks of this server and of nobody else."""

import atexit
import hashlib
import shutil
import tempfile
from pathlib import Path

import folium
import streamlit as st
from streamlit.components import v1 as components
from xstatic.pkg import leaflet

_OWN = Path(__file__).parent / "static"
_COMPONENT = "assets"
_SCRIPTS = ("map", "words", "pattern", "desk", "pick", "linked")
"""The map's own scripts in the order in which they build on each other."""


@st.cache_resource(show_spinner=False)
def served_folder() -> Path:
    """Collect Leaflet and the map's own files in a folder that Streamlit serves; give the folder.

    The folder is made afresh by every server and removed with it, so nothing is written into the
    installation. Folium is told once to load Leaflet from there instead of six foreign hosts.
    """
    folder = Path(tempfile.mkdtemp(prefix="gridplan-map-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source = Path(leaflet.BASE_DIR)
    for name in ("leaflet.js", "leaflet.css"):
        shutil.copyfile(source / name, folder / name)
    for path in _OWN.iterdir():
        shutil.copyfile(path, folder / path.name)
    served = components.declare_component(_COMPONENT, path=str(folder))
    # The map's frame is served from <base>/component/streamlit_folium.st_folium/, one level beside ours.
    base = f"../{served.name}"
    own = [(name, f"{base}/gridplan_{name}.js") for name in _SCRIPTS]
    folium.Map.default_js = [("leaflet", f"{base}/leaflet.js"), *own]
    folium.Map.default_css = [
        ("leaflet_css", f"{base}/leaflet.css"),
        ("gridplan_css", f"{base}/gridplan_map.css"),
    ]
    return folder


def publish(text: str, kind: str = "geo") -> str:
    """Write a JSON file into the served folder; give its name, which carries its content's digest."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:20]
    name = f"{kind}_{digest}.json"
    path = served_folder() / name
    if not path.exists():
        # Each visitor's run writes a draft of its own: two may publish the same map at once.
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, suffix=".part", delete=False
        ) as draft:
            draft.write(text)
        Path(draft.name).replace(path)
    return name
