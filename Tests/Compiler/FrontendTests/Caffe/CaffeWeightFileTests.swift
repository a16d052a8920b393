import GraphIR
import Tensors
import Testing

@testable import Frontend

/// A field with a length before its content.
private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
  [number << 3 | 2, UInt8(content.count)] + content
}

private func bytes(_ values: [Float]) -> [UInt8] { values.withUnsafeBytes(Array.init) }

/// A layer `fc` of the older form with these blobs.
private func file(_ blobs: [[UInt8]]) -> [UInt8] {
  field(2, field(4, Array("fc".utf8)) + blobs.flatMap { field(6, $0) })
}

private func read(_ bytes: [UInt8]) throws(TesseraError) -> CaffeWeightFile {
  try CaffeWeightFile(TensorStorage(byteCount: bytes.count) { $0.copyBytes(from: bytes) })
}

private func message(reading bytes: [UInt8]) -> String? {
  do throws(TesseraError) {
    let file = try read(bytes)
    for layer in file.layers { _ = try file.blobs(ofLayer: layer) }
    return nil
  } catch {
    return error.description
  }
}

@Suite struct CaffeWeightFileTests {
  private let legacyShape: [UInt8] = [8, 1, 16, 1, 24, 2, 32, 3]
  private let values: [Float] = [1, 2, 3, 4, 5, 6]

  @Test func readsBothFormsOfShapesAndElements() throws {
    let shape = field(7, field(1, [2, 3]))
    let doubles = values.map(Double.init).withUnsafeBytes(Array.init)
    for blob in [
      legacyShape + field(5, bytes(values)), shape + field(5, bytes(values)),
      shape + field(5, bytes([1])) + field(5, bytes([2, 3, 4, 5, 6])),
      shape + values.flatMap { [5 << 3 | 5] + bytes([$0]) },
      shape + field(8, doubles) + field(5, bytes([0])),
    ] {
      let blobs = try #require(try read(file([blob])).blobs(ofLayer: "fc"))
      let tensor = try #require(blobs[0].tensor(fitting: [.fixed(2), .fixed(3)]))
      #expect(tensor.shape.dimensions == [2, 3])
      #expect(try tensor.converted(to: .float32).values() == values)
    }
  }

  @Test func onlyTheOlderShapeHasSurplusExtents() throws {
    let blob = try #require(
      try read(file([legacyShape + field(5, bytes(values))])).blobs(ofLayer: "fc")?[0])
    #expect(blob.tensor(fitting: [.fixed(6)]) == nil)
    #expect(blob.tensor(fitting: [.fixed(1), .fixed(2), .fixed(3)]) != nil)
    #expect(blob.tensor(fitting: [.fixed(3), .fixed(2)]) == nil)
    let shape = field(7, field(1, [1, 1, 2, 3]))
    let newer = try #require(
      try read(file([shape + field(5, bytes(values))])).blobs(ofLayer: "fc")?[0])
    #expect(newer.tensor(fitting: [.fixed(2), .fixed(3)]) == nil)
  }

  @Test func elementsInOnePieceAreNotCopied() throws {
    let blob = legacyShape + field(5, bytes(values))
    let blobs = try #require(try read(file([blob, blob])).blobs(ofLayer: "fc"))
    #expect(blobs[0].tensor.storage === blobs[1].tensor.storage)
  }

  @Test func refusesWhatDoesNotFit() {
    let data = field(5, bytes(values))
    #expect(
      message(reading: file([legacyShape + field(5, bytes([1]))]))
        == "layer 'fc': blob 0: the shape 1x1x2x3 has 6 elements, found 1")
    #expect(
      message(reading: file([legacyShape + data + [5 << 3 | 5] + bytes([7])]))
        == "layer 'fc': blob 0: elements both packed and one by one are not supported")
    #expect(
      message(reading: file([legacyShape + [5 << 3 | 2, 3, 1, 2, 3]]))
        == "byte 16: 'data' takes 3 bytes, which is no whole number of elements")
    let negative: [UInt8] = [8] + [UInt8](repeating: 0xFF, count: 9) + [1]
    #expect(
      message(reading: file([negative + data]))
        == "layer 'fc': blob 0: the shape [-1, 0, 0, 0] is negative or has too many elements")
    #expect(
      message(reading: file([legacyShape + data]) + file([legacyShape + data]))
        == "layer 'fc': the layer has blobs twice")
    #expect(
      message(reading: field(2, field(1, [])))
        == "layers of the oldest form are not supported; Caffe's tool upgrade_net_proto_binary turns them "
        + "into the newest")
    #expect(message(reading: file([])) == "expected a Caffe weight file, found no layer with blobs")
  }

  /// Our own fields of places, set by a file, are fields that nobody knows.
  @Test func filesCannotSetPlaces() {
    var own: [UInt8] = []
    for number in [100_000_001, 100_000_002] as [UInt64] {
      own.appendVarint(number << 3)
      own.appendVarint(1 << 40)
    }
    #expect(
      message(reading: file([legacyShape + own]))
        == "layer 'fc': blob 0: the shape 1x1x2x3 has 6 elements, found 0")
  }

  @Test func damagedBytesNeverCrash() throws {
    let sound = file([
      legacyShape + field(5, bytes(values)), field(7, field(1, [2])) + field(5, bytes([1, 2])),
    ])
    for count in sound.indices { _ = message(reading: Array(sound[..<count])) }
    for index in sound.indices {
      for value in UInt8.min...UInt8.max {
        var damaged = sound
        damaged[index] = value
        if let text = message(reading: damaged) { #expect(!text.isEmpty) }
      }
    }
  }
}
