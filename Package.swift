// swift-tools-version: 6.2
import PackageDescription

let optimizedInDebug: [SwiftSetting] = [.unsafeFlags(["-O"])]

func kernelTarget(_ name: String, instructionFlags: [String]) -> Target {
  .target(
    name: name,
    dependencies: ["KernelInterface", "KernelVectors", "Tensors", "CMachine"],
    swiftSettings: [
      .unsafeFlags(["-O"] + instructionFlags.flatMap { ["-Xcc", $0] })
    ])
}

let package = Package(
  name: "Tessera",
  products: [
    .library(name: "Tessera", targets: ["Tessera"]),
    .library(name: "TesseraRuntime", targets: ["TesseraRuntime"]),
    .executable(name: "tessera", targets: ["TesseraCLI"]),
  ],
  targets: [
    .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c"),
    .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg"),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash"),
    .target(name: "CCaffeProto", dependencies: ["CProtobufC"]),
    .target(name: "COnnxProto", dependencies: ["CProtobufC"]),

    .target(name: "Tensors"),
    .target(name: "TensorFiles", dependencies: ["Tensors", "CZlib"]),

    .target(name: "KernelInterface", dependencies: ["Tensors"], swiftSettings: optimizedInDebug),
    .target(
      name: "KernelVectors", dependencies: ["KernelInterface"], swiftSettings: optimizedInDebug),
    kernelTarget("CPUKernelsPortable", instructionFlags: []),
    kernelTarget("CPUKernelsAVX2", instructionFlags: ["-mavx2", "-mfma", "-mf16c"]),
    kernelTarget(
      "CPUKernelsAVX512",
      instructionFlags: [
        "-mavx2", "-mfma", "-mf16c", "-mavx512f", "-mavx512vl", "-mavx512bw", "-mavx512dq",
      ]),
    .target(name: "CMachine"),
    .target(
      name: "CPUKernels",
      dependencies: [
        "KernelInterface", "CPUKernelsPortable", "CPUKernelsAVX2", "CPUKernelsAVX512", "CMachine",
        "Tensors",
      ],
      swiftSettings: optimizedInDebug),

    .target(name: "GraphIR", dependencies: ["Tensors"]),
    .target(
      name: "Frontend",
      dependencies: [
        "GraphIR", "TensorFiles", "Tensors", "CCaffeProto", "COnnxProto", "CProtobufC",
      ],
      swiftSettings: optimizedInDebug),
    .target(name: "Passes", dependencies: ["GraphIR", "Tensors"]),
    .target(name: "ExecutionPlan", dependencies: ["Tensors", "CXXHash"]),
    .target(
      name: "Lowering",
      dependencies: ["GraphIR", "KernelInterface", "CPUKernels", "ExecutionPlan", "Tensors"]),
    .target(
      name: "TesseraRuntime",
      dependencies: ["ExecutionPlan", "CPUKernels", "KernelInterface", "Tensors"],
      swiftSettings: optimizedInDebug),
    .target(
      name: "Tuning",
      dependencies: ["Lowering", "TesseraRuntime", "CPUKernels", "KernelInterface", "Tensors"],
      swiftSettings: optimizedInDebug),
    .target(name: "Vision", dependencies: ["Tensors", "CTurboJPEG", "CPNG"]),
    .target(
      name: "Tessera",
      dependencies: [
        "Frontend", "GraphIR", "Passes", "Lowering", "Tuning", "ExecutionPlan", "TesseraRuntime",
        "Vision", "CPUKernels", "KernelInterface", "Tensors",
      ]),
    .target(
      name: "Evaluation",
      dependencies: [
        "Tessera", "TesseraRuntime", "ExecutionPlan", "KernelInterface", "Vision", "TensorFiles",
        "Tensors",
      ]),
    .executableTarget(
      name: "TesseraCLI",
      dependencies: [
        "Tessera", "Evaluation", "TensorFiles", "Frontend", "GraphIR", "Passes", "Lowering",
        "ExecutionPlan", "KernelInterface", "Vision", "Tensors",
      ]),

    .executableTarget(
      name: "KernelBenchmark", dependencies: ["CPUKernels", "KernelInterface", "Tensors"],
      path: "Benchmarks/Kernels", swiftSettings: optimizedInDebug),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "TensorFiles", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "GraphIRTests", dependencies: ["GraphIR", "Tensors", "TestSupport"],
      exclude: ["Operators/TypesByONNX.py", "Operators/TypesByONNX.txt"]),
    .testTarget(
      name: "FrontendTests",
      dependencies: ["Frontend", "GraphIR", "TensorFiles", "Tensors", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PassesTests", dependencies: ["Passes", "GraphIR", "Tensors", "TestSupport"]),
    .testTarget(
      name: "LoweringTests",
      dependencies: [
        "Lowering", "GraphIR", "Passes", "ExecutionPlan", "CPUKernels", "KernelInterface",
        "Tensors",
        "TestSupport",
      ]),
    .testTarget(
      name: "TuningTests",
      dependencies: [
        "Tuning", "Lowering", "CPUKernels", "KernelInterface", "Tensors", "TestSupport",
      ]),
    .testTarget(
      name: "CPUKernelsTests",
      dependencies: ["CPUKernels", "KernelInterface", "Tensors", "TestSupport"],
      swiftSettings: optimizedInDebug),
    .testTarget(
      name: "ExecutionPlanTests", dependencies: ["ExecutionPlan", "Tensors", "TestSupport"]),
    .testTarget(
      name: "VisionTests", dependencies: ["Vision", "TensorFiles", "Tensors", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: ["Evaluation", "Tessera", "TensorFiles", "Vision", "Tensors", "TestSupport"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "TesseraTests",
      dependencies: ["Tessera", "Tensors", "TestSupport", "CAllocationCounter"]),
  ],
  swiftLanguageModes: [.v6]
)
