import Differentiation
import GraphIR
import Tensors
import Testing

/// Checks which nodes a graph gets for the gradients of `loss` with respect to some of its values.
///
/// Both graphs are compared as they print after type inference, without what nothing reads. The gradients are
/// outputs behind those of the graph.
func expectGradients(
  of loss: String = "y", withRespectTo values: [String] = ["x"], in input: String,
  are expected: String, opsetVersion: Int = 17, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var model = try inferredModel(input, opsetVersion: opsetVersion)
  let gradients = try model.graph.appendGradients(
    of: loss, withRespectTo: values, opsetVersion: opsetVersion)
  #expect(Set(gradients.keys) == Set(values), sourceLocation: sourceLocation)
  model.graph.outputs = (model.graph.outputs + values.compactMap { gradients[$0] }).uniqued
  _ = model.graph.removeUnused()
  let wanted = try inferredModel(expected, opsetVersion: opsetVersion)
  #expect(model.onnxText() == wanted.onnxText(), sourceLocation: sourceLocation)
}

/// Checks what the training form of a graph is, and gives it.
func expectTrainingForm(
  of input: String, is expected: String, opsetVersion: Int = 17,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> TrainingForm {
  var model = try inferredModel(input, opsetVersion: opsetVersion)
  let form = try model.graph.makeTrainingForm(opsetVersion: opsetVersion)
  let wanted = try inferredModel(expected, opsetVersion: opsetVersion)
  #expect(model.onnxText() == wanted.onnxText(), sourceLocation: sourceLocation)
  return form
}

/// The model of a textual graph, without the header, with its types inferred.
func inferredModel(_ graph: String, opsetVersion: Int = 17) throws -> Model {
  let header = "<ir_version: 8, opset_import: [\"\" : \(opsetVersion), \"tessera\" : 1]>\n"
  var model = try Model(onnxText: header + graph)
  try model.graph.inferTypes(opsetVersion: opsetVersion)
  return model
}

/// The elements of a constant of ones.
func ones(_ count: Int) -> String {
  Array(repeating: "1", count: count).joined(separator: ", ")
}
