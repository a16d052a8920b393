import Attack
import Platform

// The tool of `Scripts/attack.py`; see there.

do {
  try AttackTool.run(Array(CommandLine.arguments.dropFirst()))
} catch {
  print(error)
  exit(1)
}
