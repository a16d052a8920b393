/// The entries of a weight file, whose names may end in the `:0` of TensorFlow's variables.
struct WeightEntryNames {
  private let names: Set<String>

  init(_ names: [String]) {
    self.names = Set(names)
  }

  /// The entry that is called `name`, or `name` and `:0`; nil if there is none.
  subscript(name: String) -> String? {
    names.contains(name) ? name : names.contains("\(name):0") ? "\(name):0" : nil
  }
}
