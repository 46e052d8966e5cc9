"""A process that begets processes that edit until killed; each writes down every edit acknowledged to it.

Forking spares each of them the seconds in which Python loads.
"""

import os
import sys
from pathlib import Path

import numpy as np

from scenarios.desk.desk import Desk, do_edit, open_desk, redo, undo
from scenarios.errors import EditRefused


def main() -> None:
    path, told = Path(sys.argv[1]), Path(sys.argv[2])
    desk = open_desk(path)
    # One edit of each sort, so that everything is loaded before the first fork.
    desk = do_edit(desk, "new_grid", {"cells": [desk.ground.cell_ids[0]]}, author="测试")
    undo(desk, author="测试")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for seed in sys.stdin:
        told.write_bytes(b"")
        child = os.fork()
        if child == 0:
            edit_for_ever(path, told, int(seed))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("dead\n")
        sys.stdout.flush()


def edit_for_ever(path: Path, told: Path, seed: int) -> None:
    draw = np.random.default_rng(seed)
    desk = open_desk(path)
    with told.open("ab", buffering=0) as log:
        while True:
            try:
                desk = edit_once(desk, draw)
            except EditRefused:
                continue
            plan = ",".join(f"{cell}={code}" for cell, code in sorted(desk.plan.grid_of_cell.items()))
            log.write(f"{desk.version} {plan}\n".encode())


def edit_once(desk: Desk, draw: np.random.Generator) -> Desk:
    step, cell = draw.random(), str(draw.choice(desk.ground.cell_ids))
    if step < 0.15 and desk.can_undo:
        return undo(desk, author="测试")
    if step < 0.25 and desk.can_redo:
        return redo(desk, author="测试")
    if step < 0.35:
        return do_edit(desk, "new_grid", {"cells": [cell]}, author="测试")
    near = [desk.plan.grid_of_cell[other] for other, _, _ in desk.ground.neighbours(cell)]
    return do_edit(desk, "give", {"cells": [cell], "grid": str(draw.choice(near))}, author="测试")


if __name__ == "__main__":
    main()
