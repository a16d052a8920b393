import Tensors

extension TensorType {
  /// This type with what a second description of the same value adds; nil if the two contradict.
  /// Where both name a symbol, this type's stays.
  func refined(by other: TensorType) -> TensorType? {
    guard elementType == other.elementType else { return nil }
    guard let dimensions else { return other }
    guard let others = other.dimensions else { return self }
    guard dimensions.count == others.count,
      zip(dimensions, others).allSatisfy({ $0.mayEqual($1) })
    else { return nil }
    return TensorType(elementType, zip(dimensions, others).map { $0.refined(by: $1) })
  }

  /// Why a value of this type is refused, as the end of a sentence; nil if it is not. An extent of 0
  /// counts as 1, so that strides stay within bounds, too.
  var sizeProblem: String? {
    var byteCount = elementType.byteCount
    for extent in (dimensions ?? []).compactMap(\.value) {
      if extent < 0 { return "has a negative extent" }
      let (product, overflow) = byteCount.multipliedReportingOverflow(by: max(extent, 1))
      if overflow || product > TensorType.maxByteCount {
        return "takes more than the \(TensorType.maxByteCount >> 30) GiB that are supported"
      }
      byteCount = product
    }
    return nil
  }
}
