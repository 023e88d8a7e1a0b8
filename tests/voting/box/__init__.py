"""Opening the box: two of three tellers in any order, one alone never; keys and the brake."""
