/// What is random about an image of training, after section 3.1 of Simonyan and Zisserman (2014).
package struct Augmentation: Sendable, Equatable, Codable {
  /// The shorter sides that an image is scaled to before a part of the network's size is cut out; nil scales to
  /// the network's larger side.
  package var scale: ClosedRange<Int>?
  /// Cuts out the part at a random place instead of the middle.
  package var cropsAnywhere = true
  /// Exchanges left and right of every other image.
  package var mirrors = true
  /// Adds multiples of the principal components of the training set's colours to all pixels of an image
  /// (Krizhevsky et al., 2012): deviations of this part of theirs; 0 adds nothing.
  package var colorShift = 0.0

  package init() {}
}
