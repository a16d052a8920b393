import Tensors

/// The constants of a graph by value name, in the order in which they were added.
package struct ConstantTable: Sendable {
  private(set) package var names: [String] = []
  private var tensors: [String: Tensor] = [:]

  package init() {}

  package subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      if let newValue {
        if tensors.updateValue(newValue, forKey: name) == nil { names.append(name) }
      } else if tensors.removeValue(forKey: name) != nil {
        names.removeAll { $0 == name }
      }
    }
  }

  package var count: Int { names.count }

  /// Removes all constants for which `isUnwanted` holds, in one sweep.
  package mutating func removeAll(where isUnwanted: (String) -> Bool) {
    names.removeAll { name in
      guard isUnwanted(name) else { return false }
      tensors[name] = nil
      return true
    }
  }
}
