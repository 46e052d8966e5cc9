"""The project file: its tables, the layers and plans in it, how it is opened, read and watched."""
