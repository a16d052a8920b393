import Attack
import Glibc

// The tool of `Scripts/attack.py`; see there.

do {
  try AttackTool.run(Array(CommandLine.arguments.dropFirst()))
} catch {
  print(error)
  exit(1)
}
