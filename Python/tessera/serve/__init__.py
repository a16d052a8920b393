"""A model server for plans: `python -m tessera.serve NAME=PLAN …`. Needs the package kserve."""
