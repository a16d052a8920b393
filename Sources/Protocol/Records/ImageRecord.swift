import Tensors

/// What came out for one image: all that reports and predictions are made of.
package struct ImageRecord: Sendable, Equatable {
  /// A class of the fused posterior.
  package struct Place: Sendable, Equatable {
    package let classIndex: Int
    package let posterior: Double

    package init(classIndex: Int, posterior: Double) {
      self.classIndex = classIndex
      self.posterior = posterior
    }
  }

  package enum Outcome: Sendable, Equatable {
    /// The hits in the order of `Tally`, and the first classes of the fused posterior.
    case classified([Hit], top: [Place])
    /// The image cannot be read, and why.
    case skipped(String)
  }

  /// Which image of the data.
  package let index: Int
  package let outcome: Outcome

  package init(index: Int, outcome: Outcome) {
    self.index = index
    self.outcome = outcome
  }

  package var isSkipped: Bool {
    if case .skipped = outcome { true } else { false }
  }
}

extension ImageRecord {
  /// One line without its end: `INDEX HITS CLASS:POSTERIOR …`, or `INDEX ! REASON`. Posteriors have
  /// the digits that identify them.
  var line: String {
    switch outcome {
    case .classified(let hits, let top):
      let places = top.map { " \($0.classIndex):\($0.posterior)" }
      return "\(index) \(String(hits.map(\.rawValue)))\(places.joined())"
    case .skipped(let reason):
      return "\(index) ! \(reason.escapingLineEnds)"
    }
  }

  /// Reads what `line` wrote; nil if it is something else.
  ///
  /// - Parameters:
  ///   - hitCount: the hits that a line must have.
  ///   - classCount: classes are below this, and as many as a ranking of so many has.
  init?(line: Substring, hitCount: Int, classCount: Int) {
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let index = Int(parts[0]), index >= 0 else { return nil }
    self.index = index
    if parts[1] == "!" {
      outcome = .skipped(String(parts[2]).unescapingLineEnds)
      return
    }
    let hits = parts[1].compactMap(Hit.init(rawValue:))
    let places = parts[2].split(separator: " ", omittingEmptySubsequences: false).map(Self.place)
    let top = places.compactMap { $0 }.filter { (0..<classCount).contains($0.classIndex) }
    guard hits.count == parts[1].count, hits.count == hitCount,
      top.count == places.count, top.count == min(classCount, Ranking.topCount)
    else { return nil }
    outcome = .classified(hits, top: top)
  }

  private static func place(_ text: Substring) -> Place? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let classIndex = Int(parts[0]), let posterior = Double(parts[1]),
      posterior.isFinite
    else { return nil }
    return Place(classIndex: classIndex, posterior: posterior)
  }
}

extension String {
  /// In one line: `\n` for a line's end, `\r` for a carriage return, `\\` for a backslash.
  var escapingLineEnds: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// What `escapingLineEnds` was made of.
  var unescapingLineEnds: String {
    var text = ""
    var isEscaped = false
    for scalar in unicodeScalars {
      if isEscaped {
        switch scalar {
        case "n": text += "\n"
        case "r": text += "\r"
        default: text.unicodeScalars.append(scalar)
        }
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
