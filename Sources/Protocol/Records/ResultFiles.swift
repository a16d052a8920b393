import Glibc
import TensorFiles
import Tensors

/// The records of an evaluation and the files that they go to.
///
/// Until the evaluation is complete, the records lie in `OUTPUT.partial` and the posteriors in
/// `POSTERIORS.partial`. Each image is written when it is done, its posterior first, so that a process
/// that was killed can be resumed.
package final class ResultFiles {
  /// Where the two kinds of results go; nil for nowhere.
  package struct Paths: Sendable {
    package var predictions: String?
    package var posteriors: String?

    package init(predictions: String? = nil, posteriors: String? = nil) {
      self.predictions = predictions
      self.posteriors = posteriors
    }
  }

  /// In the order of the data, from its first image on.
  package private(set) var records: [ImageRecord] = []

  private let paths: Paths
  private let partialRecords: PartialRecords?
  private let partialPosteriors: PartialPosteriors?

  /// The name of the file that holds what shall become `path`.
  package static func partialPath(_ path: String) -> String { path + ".partial" }

  /// Starts new files, or goes on with those that an interrupted evaluation has left.
  ///
  /// - Parameter resumes: goes on where there is a partial file of predictions.
  /// - Throws: `TesseraError` if a partial file is in the way or, resuming, if one is damaged or made with
  ///   other settings, or if that of the posteriors is missing.
  package init(
    _ paths: Paths, _ settings: RunSettings, for evaluation: Evaluation, resumes: Bool
  ) throws(TesseraError) {
    self.paths = paths
    var settings = settings
    settings.append("posteriors", String(paths.posteriors != nil))
    let path = paths.predictions.map(Self.partialPath)
    let exists = path.map { access($0, F_OK) == 0 } ?? false
    if let path, exists, !resumes {
      throw TesseraError(
        .invalidUsage,
        "an interrupted evaluation has left a partial result: continue it with --resume, or "
          + "remove the file"
      ).inFile(path)
    }
    let partialRecords = try path.map { (path) throws(TesseraError) in
      exists
        ? try PartialRecords(resuming: path, settings, for: evaluation)
        : try PartialRecords(creating: path, settings)
    }
    self.partialRecords = partialRecords
    do throws(TesseraError) {
      partialPosteriors = try paths.posteriors.map { (path) throws(TesseraError) in
        try PartialPosteriors(
          path: Self.partialPath(path), classCount: evaluation.classCount, isResumed: exists)
      }
    } catch {
      if !exists { try? partialRecords?.remove() }
      throw error
    }
    records = partialRecords?.records ?? []
    try alignFiles()
  }

  /// Files are flushed to the disk in any order: drops what only one of them holds.
  private func alignFiles() throws(TesseraError) {
    guard let partialPosteriors else { return }
    var rowCount = records.count { !$0.isSkipped }
    while rowCount > partialPosteriors.rowCount, let last = records.popLast() {
      if !last.isSkipped { rowCount -= 1 }
    }
    try partialRecords?.keep(first: records.count)
    try partialPosteriors.keep(first: rowCount)
  }

  /// Keeps the result of the next image.
  ///
  /// - Parameter posterior: fused; nil for an image that was skipped.
  package func append(_ record: ImageRecord, posterior: [Double]?) throws(TesseraError) {
    if let posterior { try partialPosteriors?.append(posterior) }
    try partialRecords?.append(record)
    records.append(record)
  }

  /// Writes the complete files and removes the partial ones.
  package func finish(_ data: LabelledImages) throws(TesseraError) {
    let classified = records.filter { !$0.isSkipped }.map(\.index)
    if let path = paths.posteriors, let rows = try partialPosteriors?.tensor() {
      let labels = classified.map { Int64(data.items[$0].label) }
      let indices = classified.map(Int64.init)
      try NPZFile.write(
        [
          ("posteriors", rows), ("labels", try Tensor(labels, shape: [labels.count])),
          ("indices", try Tensor(indices, shape: [indices.count])),
        ], to: path)
    }
    if let path = paths.predictions { try Predictions.write(records, of: data, to: path) }
    try partialRecords?.remove()
    try partialPosteriors?.remove()
  }

  /// Leaves the records for a later evaluation to resume. Where there are none, and where there are
  /// posteriors alone, which cannot be resumed, the files are removed.
  package func suspend() throws(TesseraError) {
    guard partialRecords == nil || records.isEmpty else { return }
    try partialRecords?.remove()
    try partialPosteriors?.remove()
  }
}
