import Platform
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

    package var all: [String] { [predictions, posteriors].compactMap { $0 } }

    /// Requires names that a file beside them can be renamed to.
    ///
    /// - Throws: `TesseraError` if one is that of a device or a pipe.
    package func requireFiles() throws(TesseraError) {
      for path in all where try !OutputPlace(path).isFile {
        throw TesseraError(
          .invalidUsage,
          "expected a file, found a pipe or a device: a partial result lies beside it"
        ).inFile(path)
      }
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
    let byteCount = path.flatMap(Self.byteCount)
    let isResumed = (byteCount ?? 0) > 0
    if let path, isResumed, !resumes {
      throw TesseraError(
        .invalidUsage,
        "an interrupted evaluation has left a partial result: continue it with --resume, or "
          + "remove the file"
      ).inFile(path)
    }
    let partialRecords = try path.map { (path) throws(TesseraError) in
      try PartialRecords(path: path, settings, exists: byteCount != nil)
    }
    self.partialRecords = partialRecords
    do throws(TesseraError) {
      partialPosteriors = try paths.posteriors.map { (path) throws(TesseraError) in
        try PartialPosteriors(
          path: Self.partialPath(path), classCount: evaluation.classCount, isResumed: isResumed)
      }
    } catch {
      if !isResumed { try? partialRecords?.remove() }
      throw error
    }
    if isResumed, let partialRecords {
      records = try partialRecords.restore(for: evaluation, try partialPosteriors?.tensor())
      try partialPosteriors?.keep(first: records.count { !$0.isSkipped })
    }
  }

  /// Nil if there is nothing at `path`.
  private static func byteCount(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Keeps the result of the next image.
  ///
  /// - Parameter posterior: fused; nil for an image that was skipped.
  package func append(_ record: ImageRecord, posterior: [Double]?) throws(TesseraError) {
    let row = partialPosteriors == nil ? nil : posterior?.map { Float($0) }
    if let row { try partialPosteriors?.append(row) }
    try partialRecords?.append(record, row: row)
    records.append(record)
  }

  /// Writes the complete files, none before all are ready, and removes the partial ones.
  package func finish(_ data: LabelledImages) throws(TesseraError) {
    let classified = records.filter { !$0.isSkipped }.map(\.index)
    var files: [AtomicFile] = []
    if let path = paths.posteriors, let rows = try partialPosteriors?.tensor() {
      let labels = classified.map { Int64(data.items[$0].label) }
      let indices = classified.map(Int64.init)
      files.append(
        try NPZFile.stage(
          [
            ("posteriors", rows), ("labels", try Tensor(labels, shape: [labels.count])),
            ("indices", try Tensor(indices, shape: [indices.count])),
          ], for: path))
    }
    if let path = paths.predictions {
      files.append(try Predictions.stage(records, of: data, for: path))
    }
    try AtomicFile.commit(files) { () throws(TesseraError) in
      try partialRecords?.remove()
      try partialPosteriors?.remove()
    }
  }

  /// Leaves the records for a later evaluation to resume. Where there are none, and where there are
  /// posteriors alone, which cannot be resumed, the files are removed.
  package func suspend() throws(TesseraError) {
    guard partialRecords == nil || records.isEmpty else { return }
    try partialRecords?.remove()
    try partialPosteriors?.remove()
  }
}
