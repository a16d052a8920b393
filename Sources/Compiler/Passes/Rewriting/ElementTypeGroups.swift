import GraphIR
import Tensors

/// The values of a graph in floating-point types other than float32, in groups: two are in one group if
/// a node other than a `Cast` reads or makes both.
///
/// A group whose nodes are all `Add`, `Sub`, `Mul`, `Div` or movement keeps its type; the others are
/// computed in float32.
struct ElementTypeGroups {
  private static let typedOperators: Set<String> = [
    "Add", "Sub", "Mul", "Div", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity",
    "Dropout", "Transpose", "Slice", "Concat", "Gather", "Shape",
  ]

  /// The types of the groups that are computed in float32, in the order of `ElementType`.
  let legalizedTypes: [ElementType]
  private let legalized: Set<String>
  private let madeByOperators: Set<String>

  init(_ graph: Graph) {
    var groups = DisjointSets()
    var roots: [String] = []
    var types: Set<ElementType> = []
    var made: Set<String> = []
    for node in graph.nodes where !node.isCast {
      let values = (node.inputs + node.outputs).filter { value in
        graph.type(of: value)?.elementType.needsLegalizing ?? false
      }
      guard let first = values.first else { continue }
      for value in values.dropFirst() { groups.join(first, value) }
      made.formUnion(node.outputs)
      if !(node.isStandard && Self.typedOperators.contains(node.operatorName)) {
        roots.append(first)
      }
    }
    let legalizedRoots = Set(roots.map { groups.root(of: $0) })
    legalized = Set(groups.members.filter { legalizedRoots.contains(groups.root(of: $0)) })
      .union(roots)
    for value in legalized {
      if let type = graph.type(of: value)?.elementType { types.insert(type) }
    }
    legalizedTypes = ElementType.allCases.filter(types.contains)
    madeByOperators = made
  }

  /// True if operators on the value are computed in float32.
  func isLegalized(_ value: String) -> Bool { legalized.contains(value) }

  /// True if a node other than a `Cast` makes the value.
  func isMadeByOperator(_ value: String) -> Bool { madeByOperators.contains(value) }
}

/// Sets of names that are joined one by one.
private struct DisjointSets {
  private var parents: [String: String] = [:]

  /// All names that were joined to another.
  var members: [String] { Array(parents.keys) }

  mutating func join(_ a: String, _ b: String) {
    let (first, second) = (root(of: a), root(of: b))
    parents[first] = first
    parents[second] = first
  }

  /// Shortens the way to the root for all names on it.
  mutating func root(of name: String) -> String {
    var root = name
    while let parent = parents[root], parent != root { root = parent }
    var current = name
    while let parent = parents[current], parent != root {
      parents[current] = root
      current = parent
    }
    return root
  }
}

extension ElementType {
  /// True for floating-point types other than float32.
  var needsLegalizing: Bool { isFloatingPoint && self != .float32 }
}

extension Node {
  var isCast: Bool { isStandard("Cast") }
}
