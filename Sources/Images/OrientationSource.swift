/// What decides which way up a decoded image is.
public enum OrientationSource: String, Sendable, CaseIterable {
  /// The orientation that the EXIF data of a JPEG file states, where it states one.
  case exif
  /// Nothing: rows and columns stay as the file stores them.
  case stored = "none"
}
