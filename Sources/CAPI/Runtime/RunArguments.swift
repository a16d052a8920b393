import CTessera
import Tensors

/// The inputs and outputs of a run, in the plan's order. Entering them allocates nothing.
struct RunArguments {
  private(set) var inputs: [UnsafeRawBufferPointer]
  /// Nil those that are not wanted.
  private(set) var outputs: [UnsafeMutableRawBufferPointer?]
  private var isGiven: [Bool]

  init(inputCount: Int, outputCount: Int) {
    inputs = Array(repeating: UnsafeRawBufferPointer(start: nil, count: 0), count: inputCount)
    outputs = Array(repeating: nil, count: outputCount)
    isGiven = Array(repeating: false, count: max(inputCount, outputCount))
  }

  /// Makes all outputs unwanted.
  mutating func clear() {
    for index in outputs.indices { outputs[index] = nil }
  }

  /// Enters arguments that are given in the plan's order.
  ///
  /// - Throws: `invalidUsage` if there are others than the plan has, or memory is NULL and has bytes.
  mutating func enter(
    inputs given: UnsafePointer<tsr_input>?, _ inputCount: Int,
    outputs wanted: UnsafePointer<tsr_output>?, _ outputCount: Int
  ) throws(TesseraError) {
    guard inputCount == inputs.count, outputCount == outputs.count else {
      throw TesseraError(
        .invalidUsage,
        "expected \(inputs.count) inputs and \(outputs.count) outputs, found \(UInt(bitPattern: inputCount)) and \(UInt(bitPattern: outputCount))"
      )
    }
    for index in 0..<inputCount {
      inputs[index] = try require(given, "inputs")[index].bytes(index)
    }
    for index in 0..<outputCount {
      outputs[index] = try require(wanted, "outputs")[index].bytes(index)
    }
  }

  /// Enters inputs that are given by name.
  ///
  /// - Throws: `TesseraError` if an input is missing, unknown or given twice, or memory is NULL and has bytes.
  mutating func enter(
    inputs given: UnsafePointer<tsr_input>?, named names: UnsafePointer<UnsafePointer<CChar>?>?,
    _ count: Int, of tensors: TensorInfos
  ) throws(TesseraError) {
    try beginNames(count, "inputs", of: tensors)
    for index in 0..<count {
      let place = try place(of: names, index, "input", in: tensors)
      inputs[place] = try require(given, "inputs")[index].bytes(index)
    }
    guard count == tensors.count else {
      let missing = inputs.indices.filter { !isGiven[$0] }.map {
        Diagnostic("the input is missing", at: .value(tensors.name($0)))
      }
      throw TesseraError(.invalidInput, DiagnosticList(missing))
        ?? TesseraError(.invalidInput, "an input is missing")
    }
  }

  /// Enters outputs that are wanted, by name.
  ///
  /// - Throws: `TesseraError` if an output is unknown or given twice, or memory is NULL and has bytes.
  mutating func enter(
    outputs wanted: UnsafePointer<tsr_output>?,
    named names: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int, of tensors: TensorInfos
  ) throws(TesseraError) {
    try beginNames(count, "outputs", of: tensors)
    for index in 0..<count {
      let place = try place(of: names, index, "output", in: tensors)
      outputs[place] = try require(wanted, "outputs")[index].bytes(index)
    }
  }

  /// - Throws: `invalidInput` if more are named than there are.
  private mutating func beginNames(
    _ count: Int, _ kind: String, of tensors: TensorInfos
  ) throws(TesseraError) {
    guard (0...tensors.count).contains(count) else {
      throw TesseraError(
        .invalidInput,
        "expected at most \(tensors.count) \(kind), found \(UInt(bitPattern: count))")
    }
    for index in isGiven.indices { isGiven[index] = false }
  }

  /// Where in the plan's order the tensor belongs that has the name `index`.
  private mutating func place(
    of names: UnsafePointer<UnsafePointer<CChar>?>?, _ index: Int, _ kind: String,
    in tensors: TensorInfos
  ) throws(TesseraError) -> Int {
    let name = try require(try require(names, "\(kind)_names")[index], "\(kind)_names[\(index)]")
    guard let place = tensors.index(name) else {
      throw TesseraError(
        .invalidInput, "the plan has no such \(kind), it has \(quotedList(tensors.nameList))",
        at: .value(String(cString: name)))
    }
    guard !isGiven[place] else {
      throw TesseraError(
        .invalidInput, "the \(kind) is named twice", at: .value(tensors.name(place)))
    }
    isGiven[place] = true
    return place
  }
}

extension tsr_input {
  fileprivate func bytes(_ index: Int) throws(TesseraError) -> UnsafeRawBufferPointer {
    try requireBytes(data, byte_count, "inputs[\(index)].data")
  }
}

extension tsr_output {
  /// Nil if the output is not wanted.
  fileprivate func bytes(_ index: Int) throws(TesseraError) -> UnsafeMutableRawBufferPointer? {
    let bytes = try requireBytes(data, byte_count, "outputs[\(index)].data")
    return bytes.baseAddress == nil ? nil : UnsafeMutableRawBufferPointer(mutating: bytes)
  }
}
