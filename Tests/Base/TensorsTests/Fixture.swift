import TensorFiles
import Tensors
import TestSupport

/// A file of this target's `Fixtures` folder.
func fixture(_ name: String) -> String {
  projectPath("Tests/Base/TensorsTests/Fixtures/\(name)")
}

/// The elements as numbers, whatever their type.
func numbers(_ tensor: Tensor) -> [Double] {
  (try? tensor.converted(to: .float64))?.values(as: Double.self) ?? []
}

/// 0, 1, 2, … as elements of `type`.
func counting(_ shape: [Int], _ type: ElementType = .float32) throws -> Tensor {
  let count = shape.reduce(1, *)
  return try Tensor((0..<count).map(Double.init), shape: shape).converted(to: type)
}
