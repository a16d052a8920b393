import GraphIR
import KernelInterface
import PointwisePrograms
import Tensors

/// Values that are read element by element along with a result, and whether they can be read in channel
/// blocks.
struct PointwiseOperands {
  /// How an operand takes part in a step on images in channel blocks.
  enum Role {
    /// An image of the size of the result.
    case image
    /// Images of one pixel, `[N, C, 1, 1]`: a number a channel.
    case channels
    /// A constant with a number a channel.
    case constantChannels
    /// One element.
    case single
  }

  let names: [String]
  private let output: String
  private let graph: Graph

  init(_ names: [String], of output: String, in graph: Graph) {
    self.names = names
    self.output = output
    self.graph = graph
  }

  init(_ node: Node, in graph: Graph) {
    self.init(node.inputs, of: node.outputs[0], in: graph)
  }

  /// The operands of a program, which may leave out the last inputs.
  func names(of program: PointwiseProgram) -> [String] { Array(names.prefix(program.inputCount)) }

  /// As `roles`, but nil unless an image of the result's size lies in channel blocks already.
  func blockedRoles(_ blocked: BlockedValues) -> [Role]? {
    guard let shape = graph.type(of: output)?.shape,
      names.contains(where: { blocked.contains($0) && graph.type(of: $0)?.shape == shape })
    else { return nil }
    return roles
  }

  /// The role of each operand in a step that makes float32 images in channel blocks; nil if there is no
  /// such step.
  var roles: [Role]? {
    guard let type = graph.type(of: output), type.elementType == .float32,
      let shape = type.shape, shape.rank == 4
    else { return nil }
    var roles: [Role] = []
    for name in names {
      guard let role = role(of: name, in: shape) else { return nil }
      roles.append(role)
    }
    return roles
  }

  /// The images that a step on channel blocks reads.
  func demands(_ roles: [Role]) -> [ImageDemand] {
    zip(names, roles).compactMap { name, role in
      role == .image || role == .channels
        ? ImageDemand(value: name, channelBlock: kernelLaneCount) : nil
    }
  }

  private func role(of name: String, in shape: Shape) -> Role? {
    guard !name.isEmpty, let own = graph.type(of: name)?.shape else { return .single }
    if own == shape { return .image }
    if own.elementCount == 1 { return .single }
    let aligned = Array(repeating: 1, count: max(0, 4 - own.rank)) + own.dimensions
    guard aligned.count == 4, aligned[1] == shape[1], aligned[2] == 1, aligned[3] == 1,
      aligned[0] == 1 || aligned[0] == shape[0]
    else { return nil }
    if graph.constants[name] != nil && aligned[0] == 1 { return .constantChannels }
    return own.rank == 4 ? .channels : nil
  }
}
