"""Files that go in and out: imports and exports through the browser, and by whom."""
