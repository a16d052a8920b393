@_exported import TesseraRuntime
