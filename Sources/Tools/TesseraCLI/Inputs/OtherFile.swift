import Glibc
import Tessera

/// Refuses to write a file over the one that it is made from.
func requireOtherFile(_ output: String, than input: String) throws(TesseraError) {
  var first = stat()
  var second = stat()
  guard stat(output, &first) == 0, stat(input, &second) == 0 else { return }
  if first.st_dev == second.st_dev, first.st_ino == second.st_ino {
    throw TesseraError(.invalidUsage, "the output would overwrite the input").inFile(output)
  }
}
