"""Why a grid is as it is: its border, its people, its size."""
