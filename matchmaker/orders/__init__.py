"""Requisitions inside an agency, call-off orders from the catalog, and what comes after them."""
