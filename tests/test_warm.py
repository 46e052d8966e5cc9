"""Kernels kept compiled are those of today's sources."""

import ast
from pathlib import Path

from scenarios.warm import forget


def test_kernels_kept_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    cache = tmp_path / "geo" / "__pycache__"
    cache.mkdir(parents=True)
    for name in ("a.kernel-1.py311.nbi", "a.kernel-1.py311.1.nbc", "a.cpython-311.pyc"):
        (cache / name).touch()
    assert forget(tmp_path) == 2
    assert [path.name for path in cache.iterdir()] == ["a.cpython-311.pyc"]


def test_no_kernel_is_loaded_before_the_old_ones_are_gone() -> None:
    source = (Path(__file__).parents[1] / "scenarios" / "warm.py").read_text(encoding="utf-8")
    loaded = {getattr(line, "module", None) or line.names[0].name for line in ast.parse(source).body[1:3]}
    every = [line for line in ast.parse(source).body if isinstance(line, ast.Import | ast.ImportFrom)]
    assert len(every) == 2
    assert loaded == {"os", "pathlib"}
