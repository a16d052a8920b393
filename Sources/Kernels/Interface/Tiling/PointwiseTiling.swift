/// How a pointwise program goes over its elements.
package enum PointwiseTiling {
  /// Elements that pass through the whole program before the next ones do: those of all values of a
  /// program of 20 instructions fill an L1 cache of 32 KiB. To tune it, time `tessera bench --steps` on a
  /// network with hard-swish.
  package static let blockElementCount = 256
}
