"""An outcome becomes files: sheets, slides, a workbook, a web page, GIS layers."""
