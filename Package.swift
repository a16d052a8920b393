// swift-tools-version: 6.2
import PackageDescription

/// For what is slow otherwise. Whole modules take a third less time to build than file by file.
let optimizedInDebug: [SwiftSetting] = [
  .unsafeFlags(
    ["-O", "-wmo", "-disable-batch-mode", "-num-threads", "2"], .when(configuration: .debug))
]

/// The traits that have the kernels for one instruction set built. Several traits at once would be defined to
/// the compiler in an order of SwiftPM's that differs from build to build, which then starts anew; so the
/// default is one.
func traits(for instructionSet: String) -> Set<String> { ["AllInstructionSets", instructionSet] }

/// The kernels for one instruction set, compiled for it where one of its traits is on.
func kernelTarget(
  _ name: String, path: String, trait: String? = nil, instructionFlags: [String] = []
) -> Target {
  let flags = instructionFlags.flatMap { ["-Xcc", $0] }
  return .target(
    name: name,
    dependencies: [
      "KernelInterface", "KernelVectors", "PointwisePrograms", "Tensors", "Platform", "CMachine",
    ],
    path: path,
    swiftSettings: optimizedInDebug
      + (trait.map { [.unsafeFlags(flags, .when(traits: traits(for: $0)))] } ?? []))
}

#if arch(x86_64)
  let defaultTraits: Set<String> = ["AllInstructionSets"]
#else
  let defaultTraits: Set<String> = ["Portable"]
#endif

let package = Package(
  name: "Tessera",
  products: [
    .library(name: "Tessera", targets: ["Tessera"]),
    .library(name: "TesseraRuntime", targets: ["TesseraRuntime"]),
    .library(name: "TesseraImages", targets: ["TesseraImages"]),
    .library(name: "TesseraTraining", targets: ["TesseraTraining"]),
    .executable(name: "tessera", targets: ["TesseraTool"]),
    .executable(name: "tessera-train-mpi", targets: ["TesseraTrainMPI"]),
    // What Scripts/libraries.sh links into libtessera-runtime.so and libtessera.so.
    .library(name: "tessera-runtime-objects", type: .static, targets: ["TesseraRuntimeC"]),
    .library(name: "tessera-objects", type: .static, targets: ["TesseraC"]),
  ],
  traits: [
    .trait(name: "AllInstructionSets", description: "All kernels that x86-64 CPUs may run."),
    .trait(name: "Portable", description: "Kernels for any CPU."),
    .trait(name: "AVX2", description: "Kernels for x86-64 CPUs with AVX2, FMA and F16C."),
    .trait(name: "AVX512", description: "Kernels for x86-64 CPUs with AVX-512 F, VL, BW and DQ."),
    .default(enabledTraits: defaultTraits),
  ],
  targets: [
    .systemLibrary(
      name: "CProtobufC", path: "Sources/CLibraries/CProtobufC", pkgConfig: "libprotobuf-c"),
    .systemLibrary(
      name: "CTurboJPEG", path: "Sources/CLibraries/CTurboJPEG", pkgConfig: "libturbojpeg"),
    .systemLibrary(name: "CPNG", path: "Sources/CLibraries/CPNG", pkgConfig: "libpng"),
    .systemLibrary(name: "CZlib", path: "Sources/CLibraries/CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CMPI", path: "Sources/CLibraries/CMPI", pkgConfig: "ompi-c"),
    .systemLibrary(name: "CXXHash", path: "Sources/CLibraries/CXXHash", pkgConfig: "libxxhash"),
    .target(
      name: "CCaffeProto", dependencies: ["CProtobufC"], path: "Sources/CLibraries/CCaffeProto"),
    .target(
      name: "COnnxProto", dependencies: ["CProtobufC"], path: "Sources/CLibraries/COnnxProto"),

    .target(name: "Platform", path: "Sources/Base/Platform"),
    .target(name: "Tensors", dependencies: ["Platform"], path: "Sources/Base/Tensors"),
    .target(
      name: "TensorFiles", dependencies: ["Tensors", "CZlib"], path: "Sources/Base/TensorFiles"),

    .target(
      name: "PointwisePrograms", dependencies: ["Platform"], path: "Sources/Base/PointwisePrograms"),

    .target(
      name: "KernelInterface", dependencies: ["PointwisePrograms", "Tensors"],
      path: "Sources/Kernels/Interface",
      swiftSettings: optimizedInDebug),
    .target(
      name: "KernelVectors", dependencies: ["KernelInterface", "CMachine"],
      path: "Sources/Kernels/Vectors",
      swiftSettings: optimizedInDebug),
    kernelTarget("CPUKernelsPortable", path: "Sources/Kernels/Portable"),
    kernelTarget(
      "CPUKernelsAVX2", path: "Sources/Kernels/AVX2", trait: "AVX2",
      instructionFlags: ["-mavx2", "-mfma", "-mf16c"]),
    kernelTarget(
      "CPUKernelsAVX512", path: "Sources/Kernels/AVX512", trait: "AVX512",
      instructionFlags: [
        "-mavx2", "-mfma", "-mf16c", "-mavx512f", "-mavx512vl", "-mavx512bw", "-mavx512dq",
      ]),
    .target(name: "CMachine", path: "Sources/CLibraries/CMachine"),
    .target(
      name: "CPUKernels",
      dependencies: [
        "KernelInterface", "CMachine", "Tensors", "Platform",
        .target(name: "CPUKernelsPortable", condition: .when(traits: traits(for: "Portable"))),
        .target(name: "CPUKernelsAVX2", condition: .when(traits: traits(for: "AVX2"))),
        .target(name: "CPUKernelsAVX512", condition: .when(traits: traits(for: "AVX512"))),
      ],
      path: "Sources/Kernels/Tables",
      swiftSettings: optimizedInDebug),

    .target(
      name: "GraphIR", dependencies: ["PointwisePrograms", "Tensors", "Platform"],
      path: "Sources/Compiler/GraphIR"),
    .target(
      name: "Frontend",
      dependencies: [
        "GraphIR", "TensorFiles", "Tensors", "Platform", "CCaffeProto", "COnnxProto", "CProtobufC",
      ],
      path: "Sources/Compiler/Frontend",
      swiftSettings: optimizedInDebug),
    .target(
      name: "Passes", dependencies: ["GraphIR", "PointwisePrograms", "Tensors"],
      path: "Sources/Compiler/Passes"),
    .target(
      name: "Differentiation", dependencies: ["GraphIR", "Passes", "PointwisePrograms", "Tensors"],
      path: "Sources/Compiler/Differentiation"),
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
      dependencies: ["ExecutionPlan", "CPUKernels", "KernelInterface", "Tensors", "Platform"],
      path: "Sources/Runtime/TesseraRuntime",
      swiftSettings: optimizedInDebug),
    .target(
      name: "Tuning",
      dependencies: ["Lowering", "TesseraRuntime", "CPUKernels", "KernelInterface", "Tensors"],
      path: "Sources/Compiler/Tuning",
      swiftSettings: optimizedInDebug),
    .target(
      name: "TesseraImages",
      dependencies: [
        "TesseraRuntime", "ExecutionPlan", "Tensors", "Platform", "CTurboJPEG", "CPNG",
      ],
      path: "Sources/Images"),
    .target(
      name: "Tessera",
      dependencies: [
        "Frontend", "GraphIR", "Passes", "Differentiation", "Lowering", "Tuning", "ExecutionPlan",
        "TesseraRuntime", "TesseraImages", "CPUKernels", "KernelInterface", "PointwisePrograms",
        "Tensors",
      ],
      path: "Sources/Library"),
    .systemLibrary(name: "CTessera", path: "Sources/CAPI/Headers"),
    .target(
      name: "TesseraRuntimeC",
      dependencies: ["CTessera", "TesseraRuntime", "ExecutionPlan", "Tensors", "Platform"],
      path: "Sources/CAPI/Runtime"),
    .target(
      name: "TesseraC", dependencies: ["CTessera", "TesseraRuntimeC", "Tessera", "Tensors"],
      path: "Sources/CAPI/Compiler"),
    .target(
      name: "Evaluation",
      dependencies: [
        "Tessera", "TesseraRuntime", "ExecutionPlan", "KernelInterface", "TesseraImages",
        "TensorFiles", "Tensors", "Platform",
      ],
      path: "Sources/Protocol"),
    .target(
      name: "TesseraTraining",
      dependencies: [
        "Tessera", "Differentiation", "Frontend", "GraphIR", "Passes", "Lowering", "ExecutionPlan",
        "TesseraRuntime", "CPUKernels", "KernelInterface", "Evaluation", "TesseraImages",
        "TensorFiles", "Tensors", "Platform",
      ],
      path: "Sources/Training"),
    .target(
      name: "TesseraCLI",
      dependencies: [
        "Tessera", "TesseraTraining", "Evaluation", "TensorFiles", "Differentiation", "Frontend",
        "GraphIR", "Passes", "Lowering", "Tuning", "ExecutionPlan", "TesseraRuntime", "CPUKernels",
        "KernelInterface",
        "CMachine",
        "TesseraImages", "Tensors", "Platform",
      ],
      path: "Sources/Tools/TesseraCLI"),
    .executableTarget(
      name: "TesseraTool", dependencies: ["TesseraCLI", "Platform"], path: "Sources/Tools/Tessera"),
    // Of all targets, this one alone needs Open MPI.
    .executableTarget(
      name: "TesseraTrainMPI",
      dependencies: ["TesseraCLI", "TesseraTraining", "Tensors", "Platform", "CMPI"],
      path: "Sources/Tools/TesseraTrainMPI"),

    .executableTarget(
      name: "KernelBenchmark",
      dependencies: ["CPUKernels", "KernelInterface", "Tensors", "Platform"],
      path: "Benchmarks/Kernels", swiftSettings: optimizedInDebug),
    .executableTarget(
      name: "TrainingBenchmark", dependencies: ["TesseraTraining", "Tessera", "Tensors"],
      path: "Benchmarks/Training"),

    .target(name: "TestSupport", dependencies: ["Platform"], path: "Tests/TestSupport"),
    .target(
      name: "Attack",
      dependencies: [
        "Tessera", "Evaluation", "TesseraRuntime", "ExecutionPlan", "CPUKernels",
        "KernelInterface", "Frontend", "GraphIR", "Tuning", "TesseraImages", "TensorFiles",
        "Tensors", "Platform", "CZlib", "TestSupport",
      ],
      path: "Tests/Attack/Library"),
    .executableTarget(
      name: "AttackTool", dependencies: ["Attack", "Platform"], path: "Tests/Attack/Tool"),
    .testTarget(
      name: "AttackTests", dependencies: ["Attack", "CPUKernels", "KernelInterface"],
      path: "Tests/Attack/Tests"),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "TensorFiles", "Platform", "TestSupport"],
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
      name: "DifferentiationTests",
      dependencies: ["Differentiation", "GraphIR", "Tensors", "TestSupport"],
      path: "Tests/Compiler/DifferentiationTests"),
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
        "CPUKernels", "KernelInterface", "PointwisePrograms", "Tensors", "Platform", "TestSupport",
      ],
      path: "Tests/Kernels",
      swiftSettings: optimizedInDebug),
    .testTarget(
      name: "ExecutionPlanTests", dependencies: ["ExecutionPlan", "Tensors", "TestSupport"],
      path: "Tests/Runtime/ExecutionPlanTests"),
    .testTarget(
      name: "TesseraImagesTests",
      dependencies: ["TesseraImages", "TensorFiles", "Tensors", "TestSupport"],
      path: "Tests/Images",
      exclude: ["Fixtures"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "Tessera", "TensorFiles", "TesseraImages", "Tensors", "Platform",
        "TestSupport",
      ],
      path: "Tests/Protocol"),
    .testTarget(
      name: "TesseraTrainingTests",
      dependencies: [
        "TesseraTraining", "Tessera", "Evaluation", "Differentiation", "TensorFiles",
        "TesseraImages", "Tensors", "Platform", "TestSupport",
      ],
      path: "Tests/Training",
      exclude: ["Fixtures"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "TesseraTests",
      dependencies: [
        "Tessera", "GraphIR", "Tensors", "Platform", "TestSupport", "CAllocationCounter",
      ],
      path: "Tests/Library"),
  ],
  swiftLanguageModes: [.v6]
)

// libFuzzer brings its own `main`, so its target links only with the sanitizer; see `Scripts/attack.py`.
if Context.environment["TESSERA_FUZZER"] != nil {
  package.targets.append(
    .executableTarget(
      name: "AttackFuzzer", dependencies: ["Attack", "Platform"], path: "Tests/Attack/Fuzzer",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
