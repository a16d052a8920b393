import Foundation
import TensorFiles
import Tensors

/// A file from which a training goes on to the same weights, bit by bit, as without a pause: a `.safetensors` file
/// with the parameters, their velocities and, as JSON in its metadata, the state.
package enum Checkpoint {
  private static let stateKey = "tessera.training"
  private static let parameterPrefix = "parameter/"
  private static let velocityPrefix = "velocity/"

  /// Where the checkpoint of a training lies whose result goes to `path`.
  package static func path(besides path: String) -> String { path + ".checkpoint" }

  /// Writes the state of a training; an older file is replaced when this one is complete.
  static func write(
    _ state: TrainingState, of trainer: Trainer, to path: String
  ) throws(TesseraError) {
    var tensors: [(name: String, tensor: Tensor)] = []
    for (prefix, memory) in [
      (parameterPrefix, trainer.parameters), (velocityPrefix, trainer.velocities),
    ] {
      for entry in memory.layout.entries {
        tensors.append((prefix + entry.name, try memory.tensor(entry)))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text: String
    do {
      text = String(decoding: try encoder.encode(state), as: UTF8.self)
    } catch {
      throw TesseraError(.invalidInput, "the state of the training cannot be written: \(error)")
    }
    try SafetensorsFile.write(tensors, metadata: [stateKey: text], to: path)
  }

  /// Reads a checkpoint into `trainer`.
  ///
  /// - Throws: `TesseraError` if the file is damaged, or if it is of another training than `request`.
  static func read(
    _ path: String, into trainer: Trainer, for request: TrainingRequest
  ) throws(TesseraError) -> TrainingState {
    let file = try SafetensorsFile(path: path, forUpdate: true)
    do throws(TesseraError) {
      let state = try state(file)
      let differences = state.request.differences(from: request)
      guard differences.isEmpty else {
        let isPlural = differences[0].hasPrefix("the ") && differences[0].hasSuffix("s")
        let isOne = differences.count == 1 && !isPlural
        throw TesseraError(
          .invalidInput,
          "the checkpoint is of another training: \(differences.joined(separator: ", ")) "
            + "\(isOne ? "differs" : "differ"); without "
            + "--resume it is begun anew")
      }
      try require(state)
      for (prefix, memory) in [
        (parameterPrefix, trainer.parameters), (velocityPrefix, trainer.velocities),
      ] {
        for entry in memory.layout.entries {
          guard let tensor = try file.tensor(named: prefix + entry.name),
            tensor.elementType == .float32, tensor.shape == entry.shape
          else {
            throw TesseraError(
              .invalidInput, "expected float \(entry.shape) as '\(prefix + entry.name)'")
          }
          memory.set(entry, to: tensor)
        }
      }
      trainer.restore(stepCount: state.stepCount)
      return state
    } catch {
      throw error.inFile(path)
    }
  }

  private static func state(_ file: SafetensorsFile) throws(TesseraError) -> TrainingState {
    guard let text = file.metadata[stateKey] else {
      throw TesseraError(.invalidInput, "expected a checkpoint of a training, found other tensors")
    }
    do {
      return try JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
    } catch {
      throw TesseraError(.invalidInput, "the state of the training is damaged: \(error)")
    }
  }

  /// Counts that are of one training, whose request is known to be sound.
  private static func require(_ state: TrainingState) throws(TesseraError) {
    let batchCount = state.request.imageCount / state.request.batchSize
    let epochs = state.history.map(\.epoch)
    guard epochs == Array(1..<epochs.count + 1), epochs.count <= state.request.epochCount,
      (0...batchCount).contains(state.batchCount),
      state.stepCount == epochs.count * batchCount + state.batchCount,
      (0...state.batchCount * state.request.batchSize).contains(state.hitCount)
    else {
      throw TesseraError(
        .invalidInput,
        "the state of the training is damaged: \(state.stepCount) steps are not \(epochs.count) epochs of "
          + "\(batchCount) batches and \(state.batchCount) more, or not \(state.hitCount) of their images were hits"
      )
    }
  }
}
