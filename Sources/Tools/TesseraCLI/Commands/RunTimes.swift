/// The times of repeated runs, in milliseconds.
struct RunTimes {
  let ascending: [Double]

  init(seconds: [Double]) {
    ascending = seconds.map { $0 * 1000 }.sorted()
  }

  var minimum: Double { ascending.first ?? 0 }
  var maximum: Double { ascending.last ?? 0 }
  var mean: Double { ascending.reduce(0, +) / Double(max(ascending.count, 1)) }

  var median: Double {
    guard !ascending.isEmpty else { return 0 }
    return (ascending[(ascending.count - 1) / 2] + ascending[ascending.count / 2]) / 2
  }

  /// The smallest time that at least `percent` % of the runs do not exceed, from 1 to 100.
  func percentile(_ percent: Int) -> Double {
    guard !ascending.isEmpty else { return 0 }
    return ascending[(ascending.count * percent + 99) / 100 - 1]
  }
}
