import Testing

@testable import TesseraTraining

struct NamePatternTests {
  @Test(arguments: [
    ("conv1_weight", "conv1_weight"), ("conv1_weight", "conv*"), ("conv1_weight", "*weight"),
    ("conv1_weight", "*"), ("conv1_weight", "conv*_*weight"), ("conv1_weight", "c*1*t"),
    ("aba", "a*a"), ("", ""), ("", "*"), ("a", "**"), ("xaab", "*a*ab"), ("größe", "gr*e"),
  ])
  func fits(name: String, pattern: String) {
    #expect(NamePattern(pattern).matches(name))
  }

  @Test(arguments: [
    ("conv1_weight", "conv1"), ("conv1_weight", "conv*bias"), ("conv1_weight", ""),
    ("conv1_weight", "weight*"), ("a", "a*a"), ("ab", "*b*b"), ("Conv", "conv"), ("ab", "a?"),
    ("abc", "a*b"),
  ])
  func doesNotFit(name: String, pattern: String) {
    #expect(!NamePattern(pattern).matches(name))
  }
}
