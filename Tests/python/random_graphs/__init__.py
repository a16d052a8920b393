"""Random models with every operator that Tessera reads, and their comparison with ONNX Runtime.

`generate.case(seed)` is a graph with its inputs and settings, `compare.check` runs it.
"""
