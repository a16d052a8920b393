import Tensors
import TesseraImages
import Testing

@testable import Evaluation

/// A scorer of two classes whose posteriors are (p, 1 − p), p the first sample of an image over 256:
/// exact in binary. Images have one channel.
func firstSampleScorer(
  side: Int, minimumSide: Int? = nil, classCount: Int = 2,
  observe: @escaping @Sendable (Shape) -> Void = { _ in }
) -> ClassScorer {
  ClassScorer(
    inputHeight: side, inputWidth: side, classCount: classCount,
    values: .posteriors, minimumSize: minimumSide.map { ($0, $0) }
  ) { (images) throws(TesseraError) in
    observe(images.shape)
    let values = images.values(as: Float.self) ?? []
    let stride = images.shape.elementCount / images.shape[0]
    let rows = (0..<images.shape[0]).flatMap { image -> [Float] in
      let first = values[image * stride] / 256
      return [first, 1 - first] + Array(repeating: 0, count: classCount - 2)
    }
    return try Tensor(rows, shape: [images.shape[0], classCount])
  }
}

func network(_ scorer: ClassScorer, name: String = "network") throws -> EvaluatedNetwork {
  EvaluatedNetwork(
    name: name, scorer: scorer,
    preprocessing: try Preprocessing(
      width: scorer.inputWidth, height: scorer.inputHeight, color: .gray))
}

/// Gray images of one row after the other, all labelled 0; nil stands for one that cannot be read.
func images(_ pictures: [(width: Int, samples: [UInt8])?]) throws -> LabelledImages {
  let place = Diagnostic("", file: "data")
  return try LabelledImages(
    path: "data",
    items: pictures.indices.map {
      LabelledImages.Item(name: "image-\($0)", label: 0, place: place)
    }
  ) { (index, _) throws(TesseraError) in
    guard let picture = pictures[index],
      let image = Image(
        width: picture.width, height: picture.samples.count / picture.width, colorModel: .gray,
        samples: picture.samples)
    else { throw TesseraError(.invalidInput, "broken").inFile("image-\(index)") }
    return image
  }
}
