import KernelInterface
import Lowering

/// Which Winograd tile each weight may take, so that a sum of squared errors stays below a limit and the
/// convolutions take as little time as they then can.
///
/// Each convolution is taken to add to the squared error of the outputs by its algorithm alone, as rounding
/// errors of one relative size add up that are independent of one another.
struct TileAllocation {
  /// Halvings of the interval of prices on a logarithmic scale.
  private static let stepCount = 60
  private static let prices = (lowest: 1e-12, highest: 1e3)

  fileprivate struct Choice {
    var tile: WinogradTile
    var seconds = 0.0
    var squaredError = 0.0
  }

  /// For each weight what each limit of its tile makes of its convolutions, the smallest tile first.
  private var choices: [String: [Choice]] = [:]

  /// - Parameter networks: the network as it is lowered with each tile as the largest, the smallest first.
  init(_ networks: [(largest: WinogradTile, network: LoweredNetwork)]) {
    for (index, (tile, network)) in networks.enumerated() {
      for convolution in network.variants.flatMap(\.convolutions) {
        var list = choices[convolution.weights] ?? []
        if list.count <= index { list.append(Choice(tile: tile)) }
        list[list.count - 1].seconds += convolution.seconds
        list[list.count - 1].squaredError += convolution.squaredError
        choices[convolution.weights] = list
      }
    }
  }

  /// The limits with which the squared errors sum to at most `limit`; the smallest tiles if none are.
  func limits(squaredError limit: Double) -> TileLimits {
    var (cheap, dear) = Self.prices
    for _ in 0..<Self.stepCount {
      let price = (cheap * dear).squareRoot()
      if choices(atSecondsPerSquaredError: price).squaredError <= limit {
        dear = price
      } else {
        cheap = price
      }
    }
    // What is left goes to one weight after the other, as of equal layers all change at one price.
    var taken = choices(atSecondsPerSquaredError: dear)
    var squaredError = taken.squaredError
    let richer = choices(atSecondsPerSquaredError: cheap)
    for weights in richer.keys.sorted() {
      guard let choice = richer[weights], let old = taken[weights] else { continue }
      let sum = squaredError + choice.squaredError - old.squaredError
      guard sum <= limit else { continue }
      (taken[weights], squaredError) = (choice, sum)
    }
    return TileLimits(others: .two, byWeights: taken.mapValues(\.tile))
  }

  private func choices(atSecondsPerSquaredError price: Double) -> [String: Choice] {
    choices.mapValues { choices in
      var best = choices[0]
      for choice in choices.dropFirst()
      where choice.seconds + price * choice.squaredError
        < best.seconds + price * best.squaredError
      {
        best = choice
      }
      return best
    }
  }
}

extension [String: TileAllocation.Choice] {
  fileprivate var squaredError: Double { values.reduce(0) { $0 + $1.squaredError } }
}

extension LoweredNetwork {
  /// Of all convolutions, in units of a direct one's.
  var squaredError: Double {
    variants.lazy.flatMap(\.convolutions).reduce(0) { $0 + $1.squaredError }
  }
}

extension LoweredConvolution {
  /// What it adds to the squared error of the outputs, in units of what a direct convolution adds.
  fileprivate var squaredError: Double {
    switch method.algorithm.tile {
    case nil, .two: 1
    case .four: 3
    case .six: 40
    }
  }
}
