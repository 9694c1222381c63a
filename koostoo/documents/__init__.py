"""Documents people download: CSV, XLSX and PDF. Rows in, bytes out."""
