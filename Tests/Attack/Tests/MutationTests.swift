import Attack
import Testing

/// Every reader either takes a damaged input or refuses it with a sentence. `make attack` goes on with
/// other seeds, under sanitizers.
@Suite struct MutationTests {
  static let names = AttackedReader.all.map(\.name)

  @Test(arguments: names) func samplesAreSound(_ name: String) throws {
    let reader = try AttackedReader.named(name)
    #expect(!reader.samples.isEmpty)
    for (index, sample) in reader.samples.enumerated() {
      #expect(try reader.attack(sample), "\(name), sample \(index)")
    }
  }

  @Test(arguments: names) func damagedInputs(_ name: String) throws {
    let reader = try AttackedReader.named(name)
    var acceptedCount = 0
    for seed in UInt64(0)..<1000 {
      do {
        if try reader.attack(try reader.input(seed: seed)) { acceptedCount += 1 }
      } catch {
        Issue.record("\(name), seed \(seed): \(error)")
      }
    }
    // Damage is neither always nor never seen.
    #expect((1..<1000).contains(acceptedCount))
  }

  @Test(arguments: names) func aSeedGivesTheSameInput(_ name: String) throws {
    let reader = try AttackedReader.named(name)
    let again = try AttackedReader.named(name)
    for seed in UInt64(0)..<10 { #expect(try reader.input(seed: seed) == again.input(seed: seed)) }
  }
}
