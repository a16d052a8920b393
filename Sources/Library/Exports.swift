@_exported import enum Frontend.WeightSource
@_exported import TesseraImages
@_exported import TesseraRuntime
