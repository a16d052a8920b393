import CPUKernels
import ExecutionPlan
import Lowering
import Tensors
import TesseraImages

/// What a compilation may decide.
public struct CompileOptions: Sendable {
  /// The input shapes to compile for: one entry a variant of the plan, each by input name. Inputs that
  /// an entry leaves out keep their shape from the model; a symbolic first extent that stays open
  /// becomes 1.
  public var shapes: [[String: [Int]]] = []
  /// Evaluate the classifier at every position of an image: its fully connected layers become
  /// convolutions, the image input takes any height and width from the network's own on, which it keeps
  /// where `shapes` leaves it out, and what was `[N, classes]` becomes a map `[N, classes, rows, columns]`.
  public var isDense = false
  /// How poolings round; nil does as the model says.
  public var poolRounding: PoolRounding?
  /// Threads that pack the weights, that tuning times kernels with, and whose workspaces the memory
  /// limit counts; nil takes what the process may use.
  public var threads: Int?
  /// How convolutions are computed.
  public var convAlgorithm = ConvolutionAlgorithm.automatic
  /// The largest error that the plan may have on the inputs that the compiler measures it with, over the
  /// largest value; see `MeasuredError`. Nil allows 5·10⁻⁶ or, where that is more, 1.5 times the error of
  /// direct convolution on the same input, of which the compiler takes up 70 % on those inputs.
  public var maxError: Double?
  /// Compute every output of a convolution from its own window alone, by direct convolution or im2col:
  /// an infinite, NaN or very large input changes no output that does not see it. Winograd's algorithms
  /// do not promise that; without them a network of 3×3 convolutions takes up to three times as long.
  public var isLocal = false
  /// Bytes that the packed weights, the largest arena and the workspaces of `threads` threads may take
  /// together; nil for any number. Slower ways to compute convolutions are chosen until they fit.
  public var memoryLimitByteCount: Int?
  /// Choose by measuring on this machine; nil chooses by estimates, the same on every machine.
  public var tuning: TuningOptions?
  /// How the weights of fully connected layers and transformed weights of Winograd convolutions are stored.
  public var weightPrecision = WeightPrecision.automatic
  /// How images become inputs, stored in the plan; nil takes what the network itself says.
  public var images: ImageOptions?
  /// The names of the classes, stored in the plan; if empty, those of the model's metadata property
  /// `labels`.
  public var labels: [String] = []
  /// Called as the compilation proceeds, from the compiling thread.
  public var onProgress: (@Sendable (CompileProgress) -> Void)?
  /// Called with each thing that is odd about the model without being wrong, from the compiling thread.
  public var onWarning: (@Sendable (Diagnostic) -> Void)?

  /// The defaults.
  public init() {}

  /// Checks the options by themselves and against one another.
  ///
  /// - Throws: `invalidUsage` if the largest error is not positive, the algorithm cannot be held to
  ///   locality, or there cannot be so many threads.
  package func validate() throws(TesseraError) {
    if let threads { try ThreadPool.validate(threads) }
    if let maxError {
      guard maxError > 0 else {
        throw TesseraError(
          .invalidUsage, "the largest error must be positive, found \(maxError)")
      }
    }
    if isLocal { try convAlgorithm.lowered.requireLocality() }
  }

  func report(_ stage: String, _ fraction: Double) {
    onProgress?(CompileProgress(stage: stage, fraction: fraction))
  }

  /// The same for a compilation that is one of several `parts` of equal length, of which the last warns.
  func part(_ index: Int, of parts: Int) -> CompileOptions {
    var options = self
    if index < parts - 1 { options.onWarning = nil }
    guard let report = onProgress else { return options }
    options.onProgress = { progress in
      let fraction = (Double(index) + progress.fraction) / Double(parts)
      report(CompileProgress(stage: progress.stage, fraction: fraction))
    }
    return options
  }

  /// What the plan stores for those who run it.
  var metadata: [MetadataEntry] {
    let labelEntries =
      labels.isEmpty ? [] : [MetadataEntry(key: "labels", value: labels.joined(separator: "\n"))]
    return (images?.metadata ?? []) + labelEntries
  }
}

/// How a compilation measures what it chooses from.
public struct TuningOptions: Sendable {
  /// The file that keeps measured times for later compilations; nil takes `tessera/timings.json` in
  /// `$XDG_CACHE_HOME`, or else in `~/.cache`.
  public var cachePath: String?

  /// The defaults.
  public init() {}
}

/// How convolutions are computed.
public enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
  /// Chosen for each convolution.
  case automatic = "auto"
  /// Blocked direct convolution; im2col where groups of several channels split channel blocks.
  case direct
  /// Gather into columns, then a matrix product, everywhere.
  case im2col
  /// Winograd's F(2×2, 3×3) and the algorithms for other windows whose tiles are as large, wherever a
  /// convolution of stride 1, dilation 1 and one group has such; elsewhere direct. The larger the tile, the fewer multiplications and the larger the error.
  case winograd2
  /// Winograd's F(4×4, 3×3), likewise.
  case winograd4
  /// Winograd's F(6×6, 3×3), likewise.
  case winograd6

  var lowered: ConvAlgorithm {
    switch self {
    case .automatic: .automatic
    case .direct: .direct
    case .im2col: .im2col
    case .winograd2: .winograd2
    case .winograd4: .winograd4
    case .winograd6: .winograd6
    }
  }
}

/// How far a compilation has come.
public struct CompileProgress: Sendable {
  /// What is being done, in a few words.
  public let stage: String
  /// From 0 to 1 within the whole compilation.
  public let fraction: Double
}
