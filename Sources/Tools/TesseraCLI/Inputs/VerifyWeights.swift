import Tessera

/// Reads a plan's weights and compares them with their checksums.
func verifyWeights(of plan: Plan, path: String) throws(TesseraError) {
  try ProgressBar.during { (bar) throws(TesseraError) in
    bar.update("verifying the weights", 0)
    do throws(TesseraError) {
      try plan.verifyWeights()
    } catch {
      throw error.inFile(path)
    }
  }
}
