import Attack
import Foundation

/// The commands of the tool:
///
///     list                                    the names of all readers
///     mutate READER SECONDS SEED PROGRESS     damaged inputs, from a seed on
///     read READER FILE                        one input
///     write READER SEED FILE                  the input that a seed stands for
///     samples READER FOLDER                   the sound samples
///     sessions COUNT RUNS                     sessions at once over one plan
///     leaks RUNS COMPILES                     bytes that runs and compilations leave allocated
enum AttackTool {
  static func run(_ arguments: [String]) throws {
    let words = arguments.dropFirst()
    switch (arguments.first, words.count) {
    case ("list", 0):
      for reader in AttackedReader.all { print(reader.name) }
    case ("mutate", 4):
      try mutate(
        reader: words[1], seconds: try number(words[2]), from: UInt64(try number(words[3])),
        progress: words[4])
    case ("read", 2):
      let input = try Data(contentsOf: URL(filePath: words[2]))
      print(try AttackedReader.named(words[1]).attack(Array(input)) ? "accepted" : "refused")
    case ("write", 3):
      let seed = UInt64(try number(words[2]))
      let input = try AttackedReader.named(words[1]).input(seed: seed)
      try Data(input).write(to: URL(filePath: words[3]))
    case ("samples", 2):
      for (index, sample) in try AttackedReader.named(words[1]).samples.enumerated() {
        try Data(sample).write(to: URL(filePath: "\(words[2])/sample-\(index)"))
      }
    case ("sessions", 2):
      let (sessions, runs) = (try number(words[1]), try number(words[2]))
      let equalCount = try SharedPlan.run(sessions: sessions, runs: runs)
      print("runs \(sessions * runs) equal \(equalCount)")
      if equalCount != sessions * runs { exit(1) }
    case ("leaks", 2):
      print("run-growth \(try LeakCheck.growth(ofRuns: try number(words[1])))")
      print("compile-growth \(try LeakCheck.growth(ofCompiles: try number(words[2])))")
    default:
      print("usage: see Tests/Attack/Tool/AttackTool.swift")
      exit(2)
    }
  }

  private static func mutate(
    reader name: String, seconds: Int, from first: UInt64, progress path: String
  ) throws {
    let reader = try AttackedReader.named(name)
    let progress = try Progress(path: path)
    progress.watch()
    let end = ContinuousClock.now + .seconds(seconds)
    var acceptedCount = 0
    var seed = first
    while ContinuousClock.now < end {
      progress.begin(seed)
      do {
        if try reader.attack(try reader.input(seed: seed)) { acceptedCount += 1 }
      } catch {
        print("fault: \(error)")
        exit(1)
      }
      seed += 1
    }
    print("inputs \(seed - first) accepted \(acceptedCount)")
  }

  private static func number(_ word: String) throws -> Int {
    guard let number = Int(word), number >= 0 else { throw Usage(word: word) }
    return number
  }
}

private struct Usage: Error, CustomStringConvertible {
  let word: String
  var description: String { "expected a whole number, found '\(word)'" }
}
