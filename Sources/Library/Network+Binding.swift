import Frontend
import Tensors

extension Network {
  /// This network with some of its inputs fixed: they become constants, which the compiler folds and packs
  /// as it does weights. An input that has a value by default (an initializer that the model also lists
  /// as an input) takes this one instead; a run cannot change it.
  ///
  /// - Parameter values: tensors by the name of the input. Floating-point elements are converted.
  /// - Throws: `TesseraError` that lists names of no inputs, or tensors of another shape or element type.
  public func binding(_ values: [String: Tensor]) throws(TesseraError) -> Network {
    var network = self
    try bindInputs(of: &network.model, to: values)
    return network
  }
}
