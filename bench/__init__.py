"""Benchmarks, each printed with the machine it ran on."""
