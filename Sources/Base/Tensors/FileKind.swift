/// A kind of file that people give in place of another, told by its first bytes.
package struct FileKind: Sendable {
  /// In words, as in "a PNG image".
  let name: String
  /// Where files of this kind are not out of place.
  var home: Set<ExpectedFile> = []
  /// What to do instead, a sentence without a full stop.
  let wayOut: @Sendable (ExpectedFile) -> String
  let matches: @Sendable (UnsafeRawBufferPointer) -> Bool

  /// Where a file that starts like this is not out of place; nil for kinds that are not known.
  package static func home(of bytes: UnsafeRawBufferPointer) -> Set<ExpectedFile>? {
    all.first { $0.matches(bytes) }?.home
  }

  /// Every kind, special ones before those that they are a case of; a .safetensors file starts with the length of its
  /// header, which may be the signature of any other.
  static let all: [FileKind] =
    downloads + arrays + checkpoints + networks + images + archives + [
      FileKind("a PDF document", starts: "%PDF-") { _ in "give the file itself" },
      FileKind("a program", starts: [0x7F, 0x45, 0x4C, 0x46]) { _ in "give the file itself" },
    ]

  private static let downloads = [
    FileKind(
      name: "a web page",
      wayOut: { _ in "the download gave a page, perhaps to log in; download the file itself" },
      matches: { bytes in
        let text = bytes.withoutByteOrderMark.prefix(512).drop { $0 <= 0x20 }
          .map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        return ["<!doctype html", "<html", "<head"].contains { text.starts(with: $0.utf8) }
      }),
    FileKind("a pointer of Git LFS", starts: "version https://git-lfs") { _ in
      "fetch the file that it stands for with 'git lfs pull'"
    },
  ]

  private static let checkpoints = [
    FileKind(
      name: "a TorchScript module",
      wayOut: { _ in "export the PyTorch module that it was made of with torch.onnx.export" },
      matches: { $0.firstMember.contains("/data") && $0.directory.holds("/constants.pkl") }),
    FileKind(
      name: "a program of torch.export",
      wayOut: { _ in "export the PyTorch module that it was made of with torch.onnx.export" },
      matches: { $0.firstMember.contains("/data/") && $0.directory.holds("/models/model.json") }),
    FileKind(
      name: "a PyTorch checkpoint", wayOut: pyTorch,
      matches: { $0.firstMember.hasSuffix("/data.pkl") }),
    FileKind(
      "a PyTorch checkpoint", starts: [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC], wayOut: pyTorch),
    FileKind(
      name: "a Python pickle",
      wayOut: { _ in
        "load it in Python and write its arrays with numpy.savez, or export the model as ONNX"
      },
      matches: { $0.count > 2 && $0[0] == 0x80 && (2...5).contains($0[1]) }),
    FileKind("an HDF5 file, as Keras writes", starts: [0x89, 0x48, 0x44, 0x46], wayOut: keras),
    FileKind(
      name: "a Keras model", wayOut: keras,
      matches: { $0.firstMember == "metadata.json" && $0.directory.holds("model.weights.h5") }),
    FileKind("a GGUF file", starts: "GGUF") { _ in "language models are not supported" },
  ]

  private static let networks = [
    FileKind("a plan", starts: "TSRAPLAN", home: [.plan]) { expected in
      switch expected {
      case .model: "give the model that it was compiled from"
      case .weights, .safetensors, .npz, .caffeWeights:
        "its weights are packed; give those that it was compiled with"
      default: "plans are compiled networks"
      }
    },
    FileKind(
      name: "a TensorFlow Lite model", wayOut: tensorFlow,
      matches: { $0.count > 8 && $0[4..<8].elementsEqual("TFL3".utf8) }),
    FileKind(
      name: "a TensorFlow graph", wayOut: tensorFlow,
      matches: { bytes in
        let start = bytes.prefix(512)
        return bytes.first == 0x0A
          && (start.holds("\u{12}\u{5}Const") || start.holds("\u{12}\u{B}Placeholder"))
      }),
    FileKind(
      name: "an OpenVINO network",
      wayOut: { _ in "give the ONNX model that it was converted from" },
      matches: { $0.starts(with: "<?xml".utf8) && $0.prefix(512).holds("<net ") }),
    FileKind("an ncnn network", starts: "7767517") { _ in
      "give the ONNX model that it was converted from"
    },
  ]

  private static let arrays = [
    FileKind("an array in a .npy file", starts: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], home: [.npy])
    {
      expected in
      switch expected {
      case .weights, .safetensors, .npz, .caffeWeights:
        "weights have names; write them with numpy.savez"
      default: "arrays go to 'run' as --input NAME=FILE"
      }
    },
    FileKind(
      name: "arrays in an .npz file", home: [.npz], wayOut: weights,
      matches: { $0.firstMember.hasSuffix(".npy") }),
    FileKind(
      name: "weights in a .safetensors file", home: [.safetensors], wayOut: weights,
      matches: { bytes in
        bytes.count > 8 && bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
      }),
  ]

  private static let images = [
    FileKind(
      "a PNG image", starts: [0x89, 0x50, 0x4E, 0x47], home: [.image], wayOut: image),
    FileKind("a JPEG image", starts: [0xFF, 0xD8, 0xFF], home: [.image], wayOut: image),
    FileKind("a GIF image", starts: "GIF8", wayOut: otherImage),
    FileKind("a TIFF image", starts: [0x49, 0x49, 0x2A, 0], wayOut: otherImage),
    FileKind("a TIFF image", starts: [0x4D, 0x4D, 0, 0x2A], wayOut: otherImage),
    FileKind(
      name: "a BMP image", wayOut: otherImage,
      matches: { $0.starts(with: "BM".utf8) && $0.count > 10 && $0[6..<10].allSatisfy { $0 == 0 } }),
    FileKind(
      name: "a WebP image", wayOut: otherImage,
      matches: {
        $0.starts(with: "RIFF".utf8) && $0.count > 12 && $0[8..<12].elementsEqual("WEBP".utf8)
      }),
    FileKind(
      name: "an AVIF or HEIC image", wayOut: otherImage,
      matches: { bytes in
        bytes.count > 12 && bytes[4..<8].elementsEqual("ftyp".utf8)
          && ["avif", "avis", "heic", "heix", "mif1"].contains {
            bytes[8..<12].elementsEqual($0.utf8)
          }
      }),
  ]

  private static let archives =
    [
      FileKind(
        "a ZIP archive", starts: [0x50, 0x4B, 0x03, 0x04], home: [.npz], wayOut: archive),
      FileKind(
        name: "a tar archive", wayOut: archive,
        matches: { $0.count > 262 && $0[257..<262].elementsEqual("ustar".utf8) }),
    ]
    + [
      ("gzip", [0x1F, 0x8B]), ("bzip2", [0x42, 0x5A, 0x68]), ("xz", [0xFD, 0x37, 0x7A, 0x58]),
      ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD]), ("7-Zip", [0x37, 0x7A, 0xBC, 0xAF]),
      ("RAR", [0x52, 0x61, 0x72, 0x21]),
    ].map { (name: String, signature: [UInt8]) in
      FileKind("a file compressed by \(name)", starts: signature, wayOut: archive)
    }
}

extension FileKind {
  private init(
    _ name: String, starts signature: [UInt8], home: Set<ExpectedFile> = [],
    wayOut: @escaping @Sendable (ExpectedFile) -> String
  ) {
    self.init(name: name, home: home, wayOut: wayOut) { $0.starts(with: signature) }
  }

  private init(
    _ name: String, starts signature: String, home: Set<ExpectedFile> = [],
    wayOut: @escaping @Sendable (ExpectedFile) -> String
  ) {
    self.init(name, starts: Array(signature.utf8), home: home, wayOut: wayOut)
  }
}

/// Ways out that several kinds share; `Docs/exports.md` says them at length.
private let pyTorch: @Sendable (ExpectedFile) -> String = { _ in
  "in Python, export the model with torch.onnx.export, or write its state_dict() with safetensors.torch.save_file"
}
private let keras: @Sendable (ExpectedFile) -> String = { _ in
  "in Python, export the model as ONNX, or write its weights by name with numpy.savez"
}
let tensorFlow: @Sendable (ExpectedFile) -> String = { _ in
  "convert it to ONNX, as 'python -m tf2onnx.convert' does"
}
private let weights: @Sendable (ExpectedFile) -> String = { expected in
  switch expected {
  case .model, .plan: "give the network, such as an .onnxtxt, and this file to --weights"
  case .weights, .safetensors, .npz: "its name must end accordingly"
  default: "arrays go to --weights or to 'run' as --input"
  }
}
private let image: @Sendable (ExpectedFile) -> String = { expected in
  switch expected {
  case .imageList: "give the folder of the images, or a text that lists them"
  case .model, .plan: "the network comes first, then the images"
  default: "images go to 'classify', or to 'run' as --input NAME=FILE"
  }
}
private let otherImage: @Sendable (ExpectedFile) -> String = { _ in "convert it to PNG" }
private let archive: @Sendable (ExpectedFile) -> String = { _ in
  "unpack it and give a file that it holds"
}

extension UnsafeRawBufferPointer {
  /// The name of the first member of a ZIP archive; empty for other files.
  fileprivate var firstMember: String {
    guard starts(with: [0x50, 0x4B, 0x03, 0x04]), count > 30 else { return "" }
    let length = Int(self[26]) | Int(self[27]) << 8
    return String(decoding: self[30..<Swift.min(count, 30 + length)], as: UTF8.self)
  }

  /// The last part, where archives have their directory.
  fileprivate var directory: Slice<UnsafeRawBufferPointer> { suffix(1 << 18) }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate func holds(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return indices.contains { self[$0] == wanted.first && self[$0...].starts(with: wanted) }
  }
}
