import Testing

@testable import Tensors

@Suite struct FileKindTests {
  private func kind(_ bytes: [UInt8]) -> FileKind? {
    bytes.withUnsafeBytes { bytes in FileKind.all.first { $0.matches(bytes) } }
  }

  private func kind(_ text: String) -> FileKind? { kind(Array(text.utf8)) }

  /// A ZIP archive that starts with a member of this name and ends with `directory`.
  private func archive(_ member: String, directory: String = "") -> [UInt8] {
    let name = Array(member.utf8)
    let header: [UInt8] =
      [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 22)
      + [UInt8(name.count), 0, 0, 0]
    return header + name + Array("contents".utf8) + Array(directory.utf8)
  }

  @Test(arguments: [
    ("\u{FEFF} \n<!DOCTYPE html><title>", "a web page"), ("<HTML>", "a web page"),
    ("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
    ("TSRAPLAN…", "a plan"), ("GGUF", "a GGUF file"), ("GIF89a", "a GIF image"),
    ("%PDF-1.7", "a PDF document"), ("\u{7F}ELF", "a program"),
    ("....TFL3....", "a TensorFlow Lite model"), ("RIFF....WEBPVP8 ", "a WebP image"),
    ("....ftypavif....", "an AVIF or HEIC image"),
    ("<?xml version=\"1.0\"?>\n<net name=\"n\" version=\"11\">", "an OpenVINO network"),
    ("7767517\n75 83\n", "an ncnn network"),
    ("Rar!\u{1A}", "a file compressed by RAR"),
  ])
  func textsAreTold(text: String, name: String) {
    #expect(kind(text)?.name == name)
  }

  @Test func bytesAreTold() {
    let cases: [([UInt8], String)] = [
      ([0x80, 4, 0x95], "a Python pickle"),
      ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, as Keras writes"),
      ([0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC], "a PyTorch checkpoint"),
      ([0x93] + Array("NUMPY".utf8), "an array in a .npy file"),
      ([9, 0, 0, 0, 0, 0, 0, 0, 0x7B], "weights in a .safetensors file"),
      // The length of its header is the signature of another kind.
      ([0x1F, 0x8B, 0, 0, 0, 0, 0, 0, 0x7B], "weights in a .safetensors file"),
      ([0x1F, 0x8B, 8], "a file compressed by gzip"),
      ([0xFF, 0xD8, 0xFF, 0xE0], "a JPEG image"), ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
      ([UInt8](repeating: 0, count: 257) + Array("ustar\u{0}".utf8), "a tar archive"),
    ]
    for (bytes, name) in cases { #expect(kind(bytes)?.name == name) }
  }

  @Test func archivesAreToldByTheirMembers() {
    #expect(kind(archive("w.npy"))?.name == "arrays in an .npz file")
    #expect(kind(archive("archive/data.pkl"))?.name == "a PyTorch checkpoint")
    #expect(
      kind(archive("m/data/0", directory: "m/constants.pkl"))?.name == "a TorchScript module")
    #expect(
      kind(archive("m/data/x", directory: "m/models/model.json"))?.name
        == "a program of torch.export")
    #expect(
      kind(archive("metadata.json", directory: "model.weights.h5"))?.name == "a Keras model")
    #expect(kind(archive("metadata.json"))?.name == "a ZIP archive")
    #expect(kind(archive("readme.txt"))?.name == "a ZIP archive")
  }

  @Test func otherBytesAreNoKind() {
    #expect(kind([])?.name == nil)
    for bytes in [[0], [0x80], [0x50, 0x4B], Array("<p>".utf8), [8, 7, 0x12, 4] as [UInt8]] {
      #expect(kind(bytes)?.name == nil)
    }
    // Every beginning of a longer signature is looked at without reading past its end.
    let whole = archive("w.npy")
    for count in 0..<whole.count { _ = kind(Array(whole.prefix(count))) }
  }

  @Test func aKindAtHomeIsNoError() throws {
    func error(_ bytes: [UInt8], as expected: ExpectedFile) -> String? {
      do {
        try bytes.withUnsafeBytes { try expected.require($0) }
        return nil
      } catch { return "\(error)" }
    }
    let plan = Array("TSRAPLAN".utf8)
    #expect(error(plan, as: .plan) == nil)
    #expect(
      error(plan, as: .model)
        == "expected a model, found a plan: give the model that it was compiled from")
    #expect(error([0x89, 0x50, 0x4E, 0x47], as: .image) == nil)
    #expect(error(archive("w.npy"), as: .npz) == nil)
    #expect(error(archive("readme.txt"), as: .npz) == nil)
    #expect(error([1, 2, 3], as: .model) == nil)
  }
}
