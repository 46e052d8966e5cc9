"""Take over a table or polygons made elsewhere: read, compared, looked at, then one edit."""
