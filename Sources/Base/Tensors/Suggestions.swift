/// The candidate that most likely was meant by `word`; nil if none is close.
package func closest(to word: String, in candidates: [String]) -> String? {
  let limit = max(2, word.count / 3)
  let distances = candidates.filter { abs($0.count - word.count) <= limit }
    .map { (candidate: $0, distance: editDistance(word, $0)) }
  guard let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= limit
  else { return nil }
  return best.candidate
}

/// How many characters must be inserted, removed or replaced to turn `first` into `second`
/// (Levenshtein distance).
private func editDistance(_ first: String, _ second: String) -> Int {
  let columns = Array(second)
  var row = Array(0...columns.count)
  for (index, character) in first.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in columns.indices {
      let replaced = diagonal + (columns[column] == character ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[columns.count]
}
