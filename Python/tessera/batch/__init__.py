"""Classifies images, or writes values of a network for them, on many processes and machines: `python -m tessera.batch`.

Needs the packages distributed and pyarrow: `pip install tessera[batch]`.
"""
