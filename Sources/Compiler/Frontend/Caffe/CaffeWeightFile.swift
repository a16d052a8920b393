import CCaffeProto
import Tensors

/// The weights of a `.caffemodel` file, by layer. They stay in the mapped file.
struct CaffeWeightFile {
  /// The names of the layers that have weights, in the order of the file.
  private(set) var layers: [String] = []
  private var blobs: [String: [CaffeBlob]] = [:]

  /// Opens the file at `path`, with layers of either form.
  ///
  /// - Throws: `TesseraError` with the file, and the byte offset of a malformed field or the layers whose
  ///   blobs are damaged.
  init(path: String) throws(TesseraError) {
    let file = try MappedFile(path: path)
    do throws(TesseraError) {
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
    guard let proto = caffe__net_parameter__unpack(nil, message.count, message) else {
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
    var invalid: [Diagnostic] = []
    var unsupported: [Diagnostic] = []
    func add(
      _ name: String, _ stored: UnsafeMutablePointer<UnsafeMutablePointer<Caffe__BlobProto>?>?,
      _ count: Int
    ) {
      guard count > 0 else { return }
      guard blobs[name] == nil else {
        return invalid.append(Diagnostic("the layer has blobs twice", at: .layer(name)))
      }
      layers.append(name)
      blobs[name] = []
      for (index, blob) in elements(stored, count).enumerated() {
        do throws(TesseraError) {
          blobs[name]?.append(try CaffeBlob(blob.pointee, in: file))
        } catch {
          let problems = error.diagnostics.map {
            Diagnostic("blob \(index): \($0.message)", at: .layer(name))
          }
          if error.kind == .unsupported { unsupported += problems } else { invalid += problems }
        }
      }
    }
    for layer in legacy {
      add(string(layer.pointee.name), layer.pointee.blobs, layer.pointee.n_blobs)
    }
    for layer in elements(proto.pointee.layer, proto.pointee.n_layer) {
      add(string(layer.pointee.name), layer.pointee.blobs, layer.pointee.n_blobs)
    }
    if let error = TesseraError(.invalidInput, diagnostics: invalid) { throw error }
    if let error = TesseraError(.unsupported, diagnostics: unsupported) { throw error }
    guard !layers.isEmpty else {
      throw TesseraError(
        .invalidInput, "expected a Caffe weight file, found no layer with blobs")
    }
  }

  /// The arrays of a layer; nil if it has none.
  func blobs(ofLayer name: String) -> [CaffeBlob]? { blobs[name] }
}
