"""Every text of the interface, one folder a language, one TOML file an area."""
