/// A direct convolution and the one that alone reads its results, computed by bands of rows: the images between
/// are never stored as a whole.
///
/// Operands: those of the producer but its output, then those of the consumer but its input.
package protocol BandsDescriptor: ImageKernelDescriptor {
  associatedtype Consumer: KernelDescriptor

  /// Nil unless the consumer reads all that the producer stores.
  init?(_ producer: ConvDirectDescriptor, _ consumer: Consumer)
}
