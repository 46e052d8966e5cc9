"""An outcome becomes files: GIS layers and a self-contained web page."""
