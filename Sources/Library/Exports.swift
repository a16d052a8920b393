@_exported import enum Frontend.WeightDistribution
@_exported import struct Frontend.WeightFill
@_exported import enum Frontend.WeightSource
@_exported import TesseraImages
@_exported import TesseraRuntime
