/// The path of a file of this project, such as `Graphs/digits.onnx`.
package func projectPath(_ path: String) -> String {
  #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    .joined(separator: "/") + "/" + path
}
