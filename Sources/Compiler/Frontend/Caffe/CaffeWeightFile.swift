import CCaffeProto
import Tensors

/// The weights of a `.caffemodel` file, by layer. They stay in the mapped file. Those of a layer that nobody
/// asks for may be damaged.
struct CaffeWeightFile {
  /// The names of the layers that have weights, in the order of the file.
  private(set) var layers: [String] = []
  private var blobs: [String: Result<[CaffeBlob], TesseraError>] = [:]

  /// Opens the file at `path`, with layers of either form.
  ///
  /// - Throws: `TesseraError` with the file, and the byte offset of a malformed field.
  init(path: String) throws(TesseraError) {
    let file = try MappedFile(path: path)
    do throws(TesseraError) {
      try ExpectedFile.caffeWeights.require(file.bytes)
      try self.init(TensorStorage(borrowing: file.bytes, from: file))
    } catch {
      throw error.inFile(path)
    }
  }

  /// Decodes the file's bytes, which the tensors refer to.
  init(_ file: TensorStorage) throws(TesseraError) {
    var empty = Caffe__NetParameter()
    caffe__net_parameter__init(&empty)
    let message = try WireScanner.scan(file.bytes, as: empty.base.descriptor)
    defer { withExtendedLifetime(message) {} }
    guard let proto = caffe__net_parameter__unpack(nil, message.count, message.messageBytes) else {
      throw TesseraError(.systemFailure, "the file's structure does not fit the memory")
    }
    defer { caffe__net_parameter__free_unpacked(proto, nil) }

    let legacy = elements(proto.pointee.layers, proto.pointee.n_layers)
    guard legacy.allSatisfy({ $0.pointee.layer == nil }) else {
      throw TesseraError(
        .unsupported,
        "layers of the oldest form are not supported; Caffe's tool upgrade_net_proto_binary turns "
          + "them into the newest")
    }
    func add(
      _ name: String, _ stored: UnsafeMutablePointer<UnsafeMutablePointer<Caffe__BlobProto>?>?,
      _ count: Int
    ) {
      guard count > 0 else { return }
      guard blobs[name] == nil else {
        blobs[name] = .failure(
          TesseraError(.invalidInput, "the layer has blobs twice", at: .layer(name)))
        return
      }
      layers.append(name)
      do throws(TesseraError) {
        blobs[name] = .success(try Self.blobs(elements(stored, count), ofLayer: name, in: file))
      } catch {
        blobs[name] = .failure(error)
      }
    }
    for layer in legacy {
      add(string(layer.pointee.name), layer.pointee.blobs, layer.pointee.n_blobs)
    }
    for layer in elements(proto.pointee.layer, proto.pointee.n_layer) {
      add(string(layer.pointee.name), layer.pointee.blobs, layer.pointee.n_blobs)
    }
    guard !layers.isEmpty else {
      throw TesseraError(
        .invalidInput, "expected a Caffe weight file, found no layer with blobs")
    }
  }

  /// - Throws: `TesseraError` with all blobs that are damaged.
  private static func blobs(
    _ stored: [UnsafeMutablePointer<Caffe__BlobProto>], ofLayer name: String,
    in file: TensorStorage
  ) throws(TesseraError) -> [CaffeBlob] {
    var blobs: [CaffeBlob] = []
    var problems = ProblemList()
    for (index, blob) in stored.enumerated() {
      do throws(TesseraError) {
        blobs.append(try CaffeBlob(blob.pointee, in: file))
      } catch {
        problems.add(
          error.kind,
          error.diagnostics.map { Diagnostic("blob \(index): \($0.message)", at: .layer(name)) })
      }
    }
    try problems.throwIfAny()
    return blobs
  }

  /// Whether the file has arrays of a layer.
  func hasBlobs(ofLayer name: String) -> Bool { blobs[name] != nil }

  /// The arrays of a layer; nil if it has none.
  ///
  /// - Throws: `TesseraError` if they are damaged.
  func blobs(ofLayer name: String) throws(TesseraError) -> [CaffeBlob]? { try blobs[name]?.get() }
}
