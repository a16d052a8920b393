import GraphIR
import Passes
import Tensors
import Testing

/// Checks that the pass called `name` turns one textual graph into another.
///
/// Both graphs are compared as they print after type inference, so spaces and line breaks in the
/// expected text do not matter, and names, attributes, types and constants do.
func expect(
  _ name: String, turns input: String, into expected: String, opsetVersion: Int = 17,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let before = try inferredModel(input, opsetVersion: opsetVersion)
  var model = before
  var context = PassContext(opsetVersion: opsetVersion)
  let pass = try PassPipeline.standard.pass(named: name)
  let isChanged = try PassPipeline.standard.run(pass, on: &model.graph, context: &context)
  let wanted = try inferredModel(expected, opsetVersion: opsetVersion)
  #expect(printed(model) == printed(wanted), sourceLocation: sourceLocation)
  #expect(isChanged == (printed(before) != printed(model)), sourceLocation: sourceLocation)
}

/// Checks that the pass called `name` leaves a graph as it is.
func expect(
  _ name: String, keeps input: String, opsetVersion: Int = 17,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try expect(
    name, turns: input, into: input, opsetVersion: opsetVersion, sourceLocation: sourceLocation)
}

/// Checks what a whole pipeline makes of a graph.
func expectPipeline(
  _ pipeline: PassPipeline = .standard, turns input: String, into expected: String,
  opsetVersion: Int = 17,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var model = try inferredModel(input, opsetVersion: opsetVersion)
  var context = PassContext(opsetVersion: opsetVersion)
  try pipeline.run(on: &model.graph, context: &context)
  let wanted = try inferredModel(expected, opsetVersion: opsetVersion)
  #expect(printed(model) == printed(wanted), sourceLocation: sourceLocation)
}

/// The model of a textual graph, without the header, with its types inferred.
func inferredModel(_ graph: String, opsetVersion: Int = 17) throws -> Model {
  let header = "<ir_version: 8, opset_import: [\"\" : \(opsetVersion), \"tessera\" : 1]>\n"
  var model = try Model(onnxText: header + graph)
  try model.graph.inferTypes(opsetVersion: opsetVersion)
  return model
}

func printed(_ model: Model) -> String {
  model.onnxText()
}

/// A `tessera.Conv` of square windows in textual syntax.
func fusedConv(
  _ inputs: String, kernel: Int = 1, strides: Int = 1, pads: String = "0, 0, 0, 0", group: Int = 1,
  activation: String = #"activation = "identity""#, pools: Bool = false
) -> String {
  "tessera.Conv <\(activation), dilations = [1, 1], group = \(group), "
    + "kernel_shape = [\(kernel), \(kernel)], max_pool_2x2 = \(pools ? 1 : 0), pads = [\(pads)], "
    + "strides = [\(strides), \(strides)]> (\(inputs))"
}

/// A `tessera.WindowGemm` of square windows in textual syntax.
func windowGemm(
  _ inputs: String, kernel: Int, transB: Int = 0,
  activation: String = #"activation = "identity""#
) -> String {
  "tessera.WindowGemm <\(activation), kernel_shape = [\(kernel), \(kernel)], trans_b = \(transB)> "
    + "(\(inputs))"
}

/// A `tessera.Gemm` in textual syntax.
func fusedGemm(
  _ inputs: String, transB: Int = 0, activation: String = #"activation = "identity""#
) -> String {
  "tessera.Gemm <\(activation), trans_b = \(transB)> (\(inputs))"
}
