"""An invented town to try the program with: its ground, its people, and a few breaches."""
