import Evaluation
import Tensors
import TesseraImages

extension TrainingRun {
  /// Measures the colours of the training set where the request needs them, and makes the run.
  ///
  /// - Parameter report: told what part of the images has been measured.
  /// - Returns: the run, and how pixels become inputs, the mean among it.
  package static func make(
    _ network: Network, data: LabelledImages, validation: LabelledImages?,
    images options: ImageOptions, request: TrainingRequest, threads: Int?,
    arenaLimit: Int?, group: ProcessGroup, report: (Double) -> Void
  ) throws(TesseraError) -> (TrainingRun, ImageOptions) {
    var options = options
    var colors: ColorComponents?
    if request.subtractsMean || request.augmentation.colorShift > 0 {
      let preprocessing = try TrainedNetwork(network).preprocessing(options)
      let measured = try ColorComponents(data, preprocessing, group, report: report)
      if request.subtractsMean {
        guard options.mean == nil else {
          throw TesseraError(
            .invalidUsage, "the mean to subtract is given and is to be measured too")
        }
        options.mean = measured.mean.map(Float.init)
      }
      colors = measured
    }
    let run = try TrainingRun(
      network, data: data, validation: validation, images: options, colors: colors,
      request: request, threads: threads, arenaLimit: arenaLimit, group: group)
    return (run, options)
  }
}
