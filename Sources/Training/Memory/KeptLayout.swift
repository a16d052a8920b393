import ExecutionPlan
import GraphIR
import Tensors

/// Places for float32 tensors in memory that is kept between runs, one after the other, each aligned to 64 bytes.
struct KeptLayout {
  struct Entry {
    let name: String
    let shape: Shape
    let byteOffset: Int
    var byteCount: Int { shape.elementCount * MemoryLayout<Float>.size }
  }

  private let region: Operand.Region
  private(set) var entries: [Entry] = []
  private(set) var byteCount = 0
  private var places: [String: Int] = [:]

  init(_ region: Operand.Region) { self.region = region }

  @discardableResult
  mutating func append(_ name: String, _ shape: Shape) -> Entry {
    places[name] = entries.count
    let entry = Entry(name: name, shape: shape, byteOffset: byteCount)
    entries.append(entry)
    byteCount += (entry.byteCount + planAlignment - 1) / planAlignment * planAlignment
    return entry
  }

  subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  /// Where the steps of a variant find the tensors.
  var operands: [String: Operand] {
    Dictionary(
      uniqueKeysWithValues: entries.map { entry in
        (entry.name, Operand(region, byteOffset: entry.byteOffset, byteCount: entry.byteCount))
      })
  }
}
