"""The parts of an apportionment: what goes in, both families of methods, the record, its forms.

`elections.counting.apportionment` puts them together; others import from there.
"""
