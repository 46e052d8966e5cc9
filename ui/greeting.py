"""The first start: what is done unasked."""

from scenarios.outcome import Outcome
from ui import workspace
from ui.proposals import find_job, start_proposal
from ui.state import State, change_state


def greet(state: State, outcome: Outcome | None) -> None:
    """Solve the project that the command line opened, so that the first start shows grids unasked."""
    asked = state.project is not None and state.project == workspace.first_project()
    if asked and outcome is None and not state.greeted:
        if find_job(state) is None:
            start_proposal(state, outcome)
        change_state(greeted=True)
