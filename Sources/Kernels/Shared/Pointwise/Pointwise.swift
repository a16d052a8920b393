import KernelInterface

/// Pointwise programs; the contract is `PointwiseDescriptor`'s.
enum Pointwise {
  static let kernel = Kernel(PointwiseDescriptor.self) { descriptor, operands in
    if let image = descriptor.image {
      return [PointwiseImages(descriptor, image, operands).phase]
    }
    return [PointwiseArray(descriptor, operands).phase]
  }
}
