/// The system's C library: the only place that names one.
#if canImport(Musl)
  @_exported import Musl
#else
  @_exported import Glibc
#endif

/// What `pthread_create` fills.
#if canImport(Musl)
  package typealias ThreadHandle = pthread_t?
#else
  package typealias ThreadHandle = pthread_t
#endif

/// A handle of no thread yet.
package func emptyThreadHandle() -> ThreadHandle {
  #if canImport(Musl)
    nil
  #else
    pthread_t()
  #endif
}
