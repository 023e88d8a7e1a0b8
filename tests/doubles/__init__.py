"""People who may be registered twice: who is found, by whom, and at what cost."""
