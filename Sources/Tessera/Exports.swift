@_exported import Tensors
@_exported import TesseraRuntime
@_exported import Vision
