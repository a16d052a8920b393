/// Names of the codes that are ONNX element types but not ours.
private let unsupportedNames: [Int: String] = [
  8: "string", 14: "complex64", 15: "complex128", 17: "float8e4m3fn", 18: "float8e4m3fnuz",
  19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4", 23: "float4e2m1",
  24: "float8e8m0", 25: "uint2", 26: "int2",
]

/// What to say about an element type code that has no `ElementType`.
func describeElementType(code: Int) -> String {
  unsupportedNames[code].map { "'\($0)'" } ?? "of unknown code \(code)"
}
