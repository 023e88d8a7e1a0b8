"""The tellers' pages at the door: who finds whom, checks off and takes back, and what it costs."""
