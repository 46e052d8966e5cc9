"""Project store, building a problem, running it, the outcome: the only place where geo meets optimize."""
