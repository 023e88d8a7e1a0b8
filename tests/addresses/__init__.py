"""Every address of the program and everybody who may ask for it."""
