"""The error boundary: whatever goes wrong becomes a sentence and a next step in the reader's language."""

import logging
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import streamlit as st

from exports.errors import ExportError
from geo.errors import GeoError
from optimize.errors import OptimizeError
from scenarios.errors import ScenarioError
from ui.messages import code_of, error_text
from ui.texts.catalog import Texts

_LOG = logging.getLogger("gridplan.app")
_SPECIAL = frozenset("\\`*_{}[]<>#+!|$~:")


@contextmanager
def boundary(texts: Texts) -> Iterator[None]:
    """Show what goes wrong inside as a sentence; the rest of the page stays usable."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # the last door before the reader: no traceback gets through
        show_error(texts, error)


def show_error(texts: Texts, error: Exception) -> None:
    """Show an error: what happened, and what to do next; one without a text is logged with its traceback."""
    coded = isinstance(error, GeoError | OptimizeError | ScenarioError | ExportError | BrokenProcessPool)
    if not coded or not texts.has(f"errors.{code_of(error)}.what"):
        _LOG.error("unexplained error", exc_info=error)
    said = error_text(error if coded else RuntimeError(), texts)
    # Not `st.error`: red means a broken hard rule and nothing else.
    st.warning(f"**{escape_markdown(said.what)}**\n\n{escape_markdown(said.mend)}")


def escape_markdown(text: str) -> str:
    """Make text from imported files harmless where Streamlit reads Markdown."""
    return "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in text)
