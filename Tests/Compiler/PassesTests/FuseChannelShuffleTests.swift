import Testing

@Suite struct FuseChannelShuffleTests {
  private func shuffle(perm: String = "0, 2, 1, 3, 4", outputs: String = "") -> String {
    """
    g (float[N, 6, 5, 4] x) => (float[N, 6, 5, 4] y\(outputs))
    <int64[5] apart = {-1, 2, 3, 5, 4}, int64[4] together = {-1, 6, 5, 4}> {
      a = Reshape (x, apart)
      b = Transpose <perm = [\(perm)]> (a)
      y = Reshape (b, together)
    }
    """
  }

  @Test func recognisesIt() throws {
    try expect(
      "fuse-channel-shuffle", turns: shuffle(),
      into: """
        g (float[N, 6, 5, 4] x) => (float[N, 6, 5, 4] y)
        <int64[5] apart = {-1, 2, 3, 5, 4}, int64[4] together = {-1, 6, 5, 4}> {
          y = tessera.ChannelShuffle <groups = 2> (x)
        }
        """)
  }

  @Test func keepsOtherOrders() throws {
    try expect("fuse-channel-shuffle", keeps: shuffle(perm: "0, 1, 2, 4, 3"))
  }

  @Test func keepsWhatIsAnOutput() throws {
    try expect(
      "fuse-channel-shuffle", keeps: shuffle(outputs: ", float[N, 3, 2, 5, 4] b"))
  }
}
