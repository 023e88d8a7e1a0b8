"""The emergency of a unit: declared from above, with an appointed area committee (A14, A15)."""
