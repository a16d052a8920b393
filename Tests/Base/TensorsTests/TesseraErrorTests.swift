import Tensors
import Testing

@Suite struct TesseraErrorTests {
  @Test func printsOneLineAProblem() {
    let error = TesseraError(
      .invalidInput,
      diagnostics: [
        Diagnostic("expected ','", at: .line(3, column: 7)),
        Diagnostic("unknown", file: "b.onnx", at: .node("conv1", operatorName: "Conv")),
      ])
    #expect(
      error?.inFile("a.onnxtxt").description == """
        a.onnxtxt: line 3, column 7: expected ','
        b.onnx: node 'conv1' (Conv): unknown
        """)
  }

  @Test func withoutProblemsThereIsNoError() {
    #expect(TesseraError(.invalidInput, diagnostics: []) == nil)
  }
}
