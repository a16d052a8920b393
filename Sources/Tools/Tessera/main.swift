import Platform
import TesseraCLI

exit(Tool.run(Array(CommandLine.arguments.dropFirst())))
