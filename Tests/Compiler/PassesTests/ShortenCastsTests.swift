import GraphIR
import Passes
import Testing

@Suite struct ShortenCastsTests {
  private let name = "shorten-casts"

  @Test func readsWhatWasWidened() throws {
    try expect(
      name,
      turns: """
        g (float16[N] x) => (bfloat16[N] y) {
          a = Cast <to = 1> (x)
          b = Cast <to = 11> (a)
          y = Cast <to = 16> (b)
        }
        """,
      into: """
        g (float16[N] x) => (bfloat16[N] y) {
          a = Cast <to = 1> (x)
          b = Cast <to = 11> (x)
          y = Cast <to = 16> (x)
        }
        """)
  }

  @Test func keepsWhatRounds() throws {
    try expect(
      name,
      keeps: """
        g (float[N] x, int64[N] i) => (float[N] y, float[N] z) {
          a = Cast <to = 10> (x)
          y = Cast <to = 1> (a)
          b = Cast <to = 11> (i)
          z = Cast <to = 1> (b)
        }
        """)
  }
}
