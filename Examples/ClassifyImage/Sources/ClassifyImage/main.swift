import Foundation
import Tessera

// Usage: ClassifyImage MODEL IMAGE
// Compiles an ONNX model in memory, classifies one image and prints the five likeliest classes.

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: ClassifyImage MODEL IMAGE\n".utf8))
  exit(2)
}

do {
  let plan = try Network(path: arguments[1]).compile()
  let session = try Session(plan: plan)
  let outputs = try session.run(plan.inputs(from: [Image(path: arguments[2])]))

  let output = plan.variants[0].outputs[0]
  let scores = outputs[output.name]?.values(as: Float.self) ?? []
  for (index, score) in scores.enumerated().sorted(by: { $0.element > $1.element }).prefix(5) {
    let label = plan.labels.indices.contains(index) ? plan.labels[index] : "class \(index)"
    print("\(label)\t\(score)")
  }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
