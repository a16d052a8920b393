import Foundation

/// The errors and the loss of a training, drawn over its epochs.
package struct TrainingCurves {
  private let history: [EpochRecord]
  private static let (width, height, margin) = (720.0, 300.0, 56.0)

  package init(_ history: [EpochRecord]) { self.history = history }

  /// An SVG file.
  package var svg: String {
    let (width, height) = (Self.width, 2 * Self.height)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
      font-family="sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="white"/>

      """
    text += panel(
      "error, %", top: 0,
      [
        ("training", "#c33", history.map { $0.trainingError * 100 }),
        ("validation", "#36c", history.compactMap { $0.validationError.map { $0 * 100 } }),
      ])
    text += panel("loss", top: Self.height, [("training", "#c33", history.map(\.loss))])
    return text + "</svg>\n"
  }

  private func panel(
    _ title: String, top: Double, _ lines: [(name: String, color: String, values: [Double])]
  ) -> String {
    let lines = lines.filter { !$0.values.isEmpty }
    let largest = max(lines.flatMap(\.values).max() ?? 1, 1e-9)
    let (left, bottom) = (Self.margin, top + Self.height - Self.margin)
    let (width, height) = (Self.width - 2 * Self.margin, Self.height - 2 * Self.margin)
    func x(_ epoch: Int) -> Double {
      left + width * Double(epoch) / Double(max(1, history.count - 1))
    }
    func y(_ value: Double) -> Double { bottom - height * value / largest }
    var text = "<text x=\"\(number(left))\" y=\"\(number(top + 24))\">\(title)</text>\n"
    for step in 0...4 {
      let value = largest * Double(step) / 4
      text +=
        "<path d=\"M\(number(left)) \(number(y(value)))h\(number(width))\" stroke=\"#ddd\"/>\n"
      text +=
        "<text x=\"\(number(left - 6))\" y=\"\(number(y(value) + 4))\" text-anchor=\"end\">"
        + String(format: "%.3g", value) + "</text>\n"
    }
    for epoch in [0, history.count - 1] where epoch >= 0 {
      text +=
        "<text x=\"\(number(x(epoch)))\" y=\"\(number(bottom + 18))\" text-anchor=\"middle\">"
        + "\(epoch + 1)</text>\n"
    }
    for (index, line) in lines.enumerated() {
      let points = line.values.enumerated().map { "\(number(x($0))),\(number(y($1)))" }
      text +=
        "<polyline fill=\"none\" stroke=\"\(line.color)\" stroke-width=\"1.5\" "
        + "points=\"\(points.joined(separator: " "))\"/>\n"
      let place = Self.width - Self.margin - Double(lines.count - index) * 84
      text +=
        "<text x=\"\(number(place))\" y=\"\(number(top + 24))\" fill=\"\(line.color)\">\(line.name)</text>\n"
    }
    return text
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
