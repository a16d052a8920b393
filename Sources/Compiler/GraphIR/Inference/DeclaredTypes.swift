import Tensors

extension Graph {
  /// Finds the types of all values of a graph as a model file holds it.
  ///
  /// What the file declares about values other than inputs decides nothing: tools change the extents of
  /// inputs and leave the shapes behind that followed from them.
  ///
  /// - Returns: a warning if declared shapes contradict what inference finds.
  /// - Throws: as `inferTypes` does; `invalidInput` for declared element types that contradict.
  package mutating func inferModelTypes(opsetVersion: Int) throws(TesseraError) -> [Diagnostic] {
    let declared = types
    keepTypesOfInputs()
    try inferTypes(opsetVersion: opsetVersion)

    var staleShapes: [Diagnostic] = []
    var problems: [Diagnostic] = []
    for (name, place) in declarableValues {
      guard let declaration = declared[name], let type = type(of: name),
        type.refined(by: declaration) == nil
      else { continue }
      let problem = Diagnostic(
        "its result '\(name)' is declared as \(declaration), but is \(type)", at: place)
      if declaration.elementType == type.elementType {
        staleShapes.append(problem)
      } else {
        problems.append(problem)
      }
    }
    if let error = TesseraError(.invalidInput, diagnostics: problems) { throw error }
    guard var warning = staleShapes.first else { return [] }
    let others = staleShapes.count - 1
    warning.message += "; the declared shape is ignored"
    if others > 0 { warning.message += ", like \(others) more" }
    return [warning]
  }

  /// The values other than inputs that a model may declare types of, with their places, in the order of
  /// the nodes.
  private var declarableValues: [(name: String, place: Location)] {
    let made = nodes.flatMap { node in
      node.outputs.filter { !$0.isEmpty }.map { (name: $0, place: node.location) }
    }
    let constantOutputs = outputs.filter { constants[$0] != nil }
    return made + constantOutputs.map { (name: $0, place: .value($0)) }
  }
}
