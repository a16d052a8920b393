import TensorFiles
import Tensors
import TesseraImages
import TestSupport

/// A file of this target's `Fixtures` folder.
func fixture(_ name: String) -> String {
  projectPath("Tests/Images/Fixtures/\(name)")
}

/// The image in an .npy fixture: uint8 `[height, width, 3]` or `[height, width]`.
func expectedImage(_ name: String) throws -> Image? {
  let tensor = try NPYFile.read(path: fixture(name))
  guard let samples = tensor.values(as: UInt8.self), tensor.shape.rank >= 2 else { return nil }
  return Image(
    width: tensor.shape[1], height: tensor.shape[0],
    colorModel: tensor.shape.rank == 2 ? .gray : .rgb, samples: samples)
}

/// The largest difference of two samples; nil if the images differ in size or color model.
func largestDifference(_ left: Image, _ right: Image) -> Int? {
  guard left.width == right.width, left.height == right.height, left.colorModel == right.colorModel
  else { return nil }
  return zip(left.samples, right.samples).map { abs(Int($0) - Int($1)) }.max()
}
