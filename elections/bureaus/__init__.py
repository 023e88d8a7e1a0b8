"""Bureaus and committees: what is lawful, how one is constituted, who takes a seat, who leaves it.

`lawful` holds what the articles ask; the models, forms, acts and rules all ask there.
"""
