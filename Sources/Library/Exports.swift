@_exported import enum Frontend.WeightSource
@_exported import Tensors
@_exported import TesseraRuntime
@_exported import Vision
