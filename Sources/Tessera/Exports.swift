@_exported import Tensors
@_exported import TesseraRuntime
