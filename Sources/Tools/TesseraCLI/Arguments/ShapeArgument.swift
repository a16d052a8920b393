import Tessera

extension ArgumentValue {
  /// The largest extent that a command line may ask for.
  private static let maximumExtent = Int(Int32.max)

  /// Shapes by input name, from `name:1x3x224x224`, several separated by commas. A name ends at the
  /// last colon before its extents, so that it may contain colons and commas.
  static func shapes(_ text: String) throws(TesseraError) -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    var pending = ""
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      pending += pending.isEmpty ? String(piece) : ",\(piece)"
      guard let colon = pending.lastIndex(of: ":"),
        let extents = extents(pending[pending.index(after: colon)...])
      else { continue }
      let name = String(pending[..<colon])
      guard !name.isEmpty else { break }
      guard shapes.updateValue(extents, forKey: name) == nil else {
        throw TesseraError(.invalidUsage, "input '\(name)' has two shapes in '\(text)'")
      }
      pending = ""
    }
    guard pending.isEmpty, !shapes.isEmpty else {
      throw unexpected(
        text, "NAME:1x3x224x224 with extents from 1 to \(maximumExtent), several with commas")
    }
    return shapes
  }

  /// `1x3x224x224`, or `scalar`; nil if it is neither.
  private static func extents(_ text: Substring) -> [Int]? {
    if text == "scalar" { return [] }
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    let extents = parts.compactMap { Int($0) }.filter { (1...maximumExtent).contains($0) }
    guard extents.count == parts.count, Shape(extents) != nil else { return nil }
    return extents
  }
}
