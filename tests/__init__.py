"""The tests. Run them all with `make test`; `docs/development.md` says more."""
