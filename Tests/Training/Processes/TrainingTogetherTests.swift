import Tensors
import Tessera
import Testing

@testable import TesseraTraining

struct TrainingTogetherTests {
  /// A network whose running statistics are trained too.
  private static let network = """
    <ir_version: 10, opset_import: ["" : 21]>
    normalized (float[N, 1, 4, 4] image, float[2, 16] w, float[2] b) => (float[N, 2] y)
    <float[1] one = {1.0}, float[1] zero = {0.0}, float[1] mean = {0.5}, float[1] variance = {2.0}>
    {
      n = BatchNormalization <momentum = 0.75> (image, one, zero, mean, variance)
      f = Flatten (n)
      y = Gemm <transB = 1> (f, w, b)
    }
    """

  /// Loss, hits and the bits of all weights after three steps on seven shards of two images.
  private static func trained(_ group: ProcessGroup) throws(TesseraError) -> [[UInt64]] {
    do {
      let trainer = try Trainer(makeNetwork(network), shardSize: 2, threads: 1)
      trainer.group = group
      var numbers: [UInt64] = []
      for step in 0..<3 {
        let batch = try trainer.gradients(shardCount: 7, epoch: 0) { (shard) throws(TesseraError) in
          do {
            let images = try randomImages([2, 1, 4, 4], seed: UInt64(step * 7 + shard))
            return ShardInput(
              images: images, labels: [shard % 2, 1], items: [2 * shard, 2 * shard + 1])
          } catch {
            throw TesseraError(.invalidInput, "\(error)")
          }
        }
        try trainer.update(by: batch, learningRate: 0.1)
        trainer.shareParameters()
        numbers += [batch.result.loss.bitPattern, UInt64(batch.result.hitCount)]
      }
      let weights = try trainer.network.weightBits.sorted { $0.key < $1.key }
      return [numbers] + weights.map { $0.value.map(UInt64.init) }
    } catch {
      throw TesseraError(.invalidInput, "\(error)")
    }
  }

  @Test(arguments: [2, 3, 4, 5, 7])
  func ranksChangeNoBit(size: Int) throws {
    let alone = try Self.trained(ProcessGroup())
    for result in try ThreadCommunicator.run(size, Self.trained) {
      #expect(try result.get() == alone)
    }
  }
}
