import GraphIR
import Tensors

/// Stages that run one after another, each a list of passes.
package struct PassPipeline: Sendable {
  private let stages: [Stage]

  /// Passes that run in order, again and again until none changes the graph any more.
  private struct Stage {
    let passes: [Pass]
    /// How often the list runs at most. A graph that needs more rounds is left as it is then, which is
    /// correct and only less reduced.
    var maxRounds = 16
  }

  /// Single operators, folded and fused into convolutions and matrix products.
  private static let operators = Stage(passes: [
    .foldConstants,
    .legalizeElementTypes,
    .shortenCasts,
    .eliminateIdentities,
    .eliminateBroadcasts,
    .fuseChannelShuffle,
    .legalizeConv,
    .legalizeConvTranspose,
    .deferInterleave,
    .foldPad,
    .legalizeGemm,
    .deferTranspose,
    .foldBatchNorm,
    .foldScalarArithmetic,
    .fuseActivation,
    .fuseMaxPool,
    .eliminateDeadNodes,
  ])

  /// Batch normalizations that found no such neighbour.
  private static let normalizations = Stage(passes: [
    .expandBatchNorm, .foldScalarArithmetic, .fuseActivation, .eliminateDeadNodes,
  ])

  /// What the compiler runs on the graph as it was read, whose shapes may be open.
  package static let open = PassPipeline(stages: [operators, normalizations])

  /// What it runs once more for each set of bound shapes.
  package static let standard = PassPipeline(
    stages: open.stages + [
      Stage(passes: [.fusePointwise, .fuseEpilogue, .eliminateDeadNodes], maxRounds: 1)
    ])

  /// What takes the place of `open` where dense evaluation is asked for.
  package static let dense = PassPipeline(
    stages: [Stage(passes: [.openImageSize], maxRounds: 1), operators]
      + [Stage(passes: [.convolveClassifier], maxRounds: 1)] + open.stages)

  /// All passes, each once, in the order in which they run first.
  package var passes: [Pass] {
    var seen: Set<String> = []
    return stages.flatMap(\.passes).filter { seen.insert($0.name).inserted }
  }

  /// The pass called `name`.
  ///
  /// - Throws: `invalidUsage` with the names of all passes if there is none.
  package func pass(named name: String) throws(TesseraError) -> Pass {
    guard let pass = passes.first(where: { $0.name == name }) else {
      let names = passes.map(\.name).joined(separator: ", ")
      throw TesseraError(.invalidUsage, "there is no pass '\(name)'; the passes are \(names)")
    }
    return pass
  }

  /// Rewrites `graph`, whose types must be inferred.
  ///
  /// - Parameter observe: called with the graph after each pass of the first round of a stage, and in
  ///   later rounds after each pass that changed something.
  /// - Throws: what a constant's evaluation throws, and what type inference finds once more is known
  ///   about the shapes.
  package func run(
    on graph: inout Graph, context: inout PassContext,
    after observe: (Pass, Graph) -> Void = { _, _ in }
  ) throws(TesseraError) {
    graph.keepOrigins()
    for stage in stages {
      var isChanged = true
      for round in 0..<stage.maxRounds where isChanged {
        isChanged = false
        for pass in stage.passes {
          let changed = try run(pass, on: &graph, context: &context)
          isChanged = isChanged || changed
          if changed || round == 0 { observe(pass, graph) }
        }
      }
    }
  }

  /// Runs one pass on a graph whose types are inferred, then checks the graph and infers its types
  /// again; true if the pass changed something.
  ///
  /// - Throws: as `run(on:context:after:)`. A graph that a pass broke is reported with its name.
  package func run(_ pass: Pass, on graph: inout Graph, context: inout PassContext)
    throws(TesseraError) -> Bool
  {
    guard try pass.run(&graph, &context) else { return false }
    do throws(TesseraError) {
      try graph.inferTypes(opsetVersion: context.opsetVersion)
    } catch {
      throw pass.refinesTypes ? error : pass.defect(error)
    }
    return true
  }
}

extension Pass {
  /// The error that this pass broke the graph.
  fileprivate func defect(_ error: TesseraError) -> TesseraError {
    var error = error
    error.diagnostics.insert(
      Diagnostic("internal error: the pass '\(name)' left a graph that is not valid"), at: 0)
    return error
  }
}
