// swift-tools-version: 6.2
import PackageDescription

let optimizedInDebug: [SwiftSetting] = [.unsafeFlags(["-O"])]

func kernelTarget(_ name: String, path: String, instructionFlags: [String]) -> Target {
  .target(
    name: name,
    dependencies: ["KernelInterface", "KernelVectors", "PointwisePrograms", "Tensors", "CMachine"],
    path: path,
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
    .systemLibrary(
      name: "CProtobufC", path: "Sources/CLibraries/CProtobufC", pkgConfig: "libprotobuf-c"),
    .systemLibrary(
      name: "CTurboJPEG", path: "Sources/CLibraries/CTurboJPEG", pkgConfig: "libturbojpeg"),
    .systemLibrary(name: "CPNG", path: "Sources/CLibraries/CPNG", pkgConfig: "libpng"),
    .systemLibrary(name: "CZlib", path: "Sources/CLibraries/CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CXXHash", path: "Sources/CLibraries/CXXHash", pkgConfig: "libxxhash"),
    .target(
      name: "CCaffeProto", dependencies: ["CProtobufC"], path: "Sources/CLibraries/CCaffeProto"),
    .target(
      name: "COnnxProto", dependencies: ["CProtobufC"], path: "Sources/CLibraries/COnnxProto"),

    .target(name: "Tensors", path: "Sources/Base/Tensors"),
    .target(
      name: "TensorFiles", dependencies: ["Tensors", "CZlib"], path: "Sources/Base/TensorFiles"),

    .target(name: "PointwisePrograms", path: "Sources/Base/PointwisePrograms"),

    .target(
      name: "KernelInterface", dependencies: ["PointwisePrograms", "Tensors"],
      path: "Sources/Kernels/Interface",
      swiftSettings: optimizedInDebug),
    .target(
      name: "KernelVectors", dependencies: ["KernelInterface", "CMachine"],
      path: "Sources/Kernels/Vectors",
      swiftSettings: optimizedInDebug),
    kernelTarget(
      "CPUKernelsPortable", path: "Sources/Kernels/Portable", instructionFlags: []),
    kernelTarget(
      "CPUKernelsAVX2", path: "Sources/Kernels/AVX2",
      instructionFlags: ["-mavx2", "-mfma", "-mf16c"]),
    kernelTarget(
      "CPUKernelsAVX512", path: "Sources/Kernels/AVX512",
      instructionFlags: [
        "-mavx2", "-mfma", "-mf16c", "-mavx512f", "-mavx512vl", "-mavx512bw", "-mavx512dq",
      ]),
    .target(name: "CMachine", path: "Sources/CLibraries/CMachine"),
    .target(
      name: "CPUKernels",
      dependencies: [
        "KernelInterface", "CPUKernelsPortable", "CPUKernelsAVX2", "CPUKernelsAVX512", "CMachine",
        "Tensors",
      ],
      path: "Sources/Kernels/Tables",
      swiftSettings: optimizedInDebug),

    .target(
      name: "GraphIR", dependencies: ["PointwisePrograms", "Tensors"],
      path: "Sources/Compiler/GraphIR"),
    .target(
      name: "Frontend",
      dependencies: [
        "GraphIR", "TensorFiles", "Tensors", "CCaffeProto", "COnnxProto", "CProtobufC",
      ],
      path: "Sources/Compiler/Frontend",
      swiftSettings: optimizedInDebug),
    .target(
      name: "Passes", dependencies: ["GraphIR", "PointwisePrograms", "Tensors"],
      path: "Sources/Compiler/Passes"),
    .target(
      name: "ExecutionPlan", dependencies: ["Tensors", "CXXHash"],
      path: "Sources/Runtime/ExecutionPlan"),
    .target(
      name: "Lowering",
      dependencies: [
        "GraphIR", "KernelInterface", "CPUKernels", "ExecutionPlan", "PointwisePrograms", "Tensors",
      ],
      path: "Sources/Compiler/Lowering"),
    .target(
      name: "TesseraRuntime",
      dependencies: ["ExecutionPlan", "CPUKernels", "KernelInterface", "Tensors"],
      path: "Sources/Runtime/TesseraRuntime",
      swiftSettings: optimizedInDebug),
    .target(
      name: "Tuning",
      dependencies: ["Lowering", "TesseraRuntime", "CPUKernels", "KernelInterface", "Tensors"],
      path: "Sources/Compiler/Tuning",
      swiftSettings: optimizedInDebug),
    .target(
      name: "Vision", dependencies: ["Tensors", "CTurboJPEG", "CPNG"], path: "Sources/Images"),
    .target(
      name: "Tessera",
      dependencies: [
        "Frontend", "GraphIR", "Passes", "Lowering", "Tuning", "ExecutionPlan", "TesseraRuntime",
        "Vision", "CPUKernels", "KernelInterface", "Tensors",
      ],
      path: "Sources/Library"),
    .target(
      name: "Evaluation",
      dependencies: [
        "Tessera", "TesseraRuntime", "ExecutionPlan", "KernelInterface", "Vision", "TensorFiles",
        "Tensors",
      ],
      path: "Sources/Protocol"),
    .executableTarget(
      name: "TesseraCLI",
      dependencies: [
        "Tessera", "Evaluation", "TensorFiles", "Frontend", "GraphIR", "Passes", "Lowering",
        "Tuning", "ExecutionPlan", "TesseraRuntime", "CPUKernels", "KernelInterface", "CMachine",
        "Vision", "Tensors",
      ],
      path: "Sources/Tools/TesseraCLI"),

    .executableTarget(
      name: "KernelBenchmark", dependencies: ["CPUKernels", "KernelInterface", "Tensors"],
      path: "Benchmarks/Kernels", swiftSettings: optimizedInDebug),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(
      name: "Attack",
      dependencies: [
        "Tessera", "Evaluation", "TesseraRuntime", "ExecutionPlan", "CPUKernels",
        "KernelInterface", "Frontend", "GraphIR", "Tuning", "Vision", "TensorFiles", "Tensors",
        "CZlib", "TestSupport",
      ],
      path: "Tests/Attack/Library"),
    .executableTarget(name: "AttackTool", dependencies: ["Attack"], path: "Tests/Attack/Tool"),
    .testTarget(
      name: "AttackTests", dependencies: ["Attack", "CPUKernels", "KernelInterface"],
      path: "Tests/Attack/Tests"),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "TensorFiles", "TestSupport"],
      path: "Tests/Base/TensorsTests",
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PointwiseProgramsTests", dependencies: ["PointwisePrograms"],
      path: "Tests/Base/PointwiseProgramsTests"),
    .testTarget(
      name: "GraphIRTests", dependencies: ["GraphIR", "Tensors", "TestSupport"],
      path: "Tests/Compiler/GraphIRTests",
      exclude: ["Operators/TypesByONNX.py", "Operators/TypesByONNX.txt"]),
    .testTarget(
      name: "FrontendTests",
      dependencies: ["Frontend", "GraphIR", "TensorFiles", "Tensors", "TestSupport"],
      path: "Tests/Compiler/FrontendTests",
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PassesTests", dependencies: ["Passes", "GraphIR", "Tensors", "TestSupport"],
      path: "Tests/Compiler/PassesTests"),
    .testTarget(
      name: "LoweringTests",
      dependencies: [
        "Lowering", "GraphIR", "Passes", "ExecutionPlan", "CPUKernels", "KernelInterface",
        "Tensors",
        "TestSupport",
      ],
      path: "Tests/Compiler/LoweringTests"),
    .testTarget(
      name: "TuningTests",
      dependencies: [
        "Tuning", "Lowering", "CPUKernels", "KernelInterface", "Tensors", "TestSupport",
      ],
      path: "Tests/Compiler/TuningTests"),
    .testTarget(
      name: "CPUKernelsTests",
      dependencies: [
        "CPUKernels", "KernelInterface", "PointwisePrograms", "Tensors", "TestSupport",
      ],
      path: "Tests/Kernels",
      swiftSettings: optimizedInDebug),
    .testTarget(
      name: "ExecutionPlanTests", dependencies: ["ExecutionPlan", "Tensors", "TestSupport"],
      path: "Tests/Runtime/ExecutionPlanTests"),
    .testTarget(
      name: "VisionTests", dependencies: ["Vision", "TensorFiles", "Tensors", "TestSupport"],
      path: "Tests/Images",
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: ["Evaluation", "Tessera", "TensorFiles", "Vision", "Tensors", "TestSupport"],
      path: "Tests/Protocol"),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "TesseraTests",
      dependencies: ["Tessera", "GraphIR", "Tensors", "TestSupport", "CAllocationCounter"],
      path: "Tests/Library"),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings its own `main`, so its target links only with the sanitizer; see `Scripts/attack.py`.
if Context.environment["TESSERA_FUZZER"] != nil {
  package.targets.append(
    .executableTarget(
      name: "AttackFuzzer", dependencies: ["Attack"], path: "Tests/Attack/Fuzzer",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
