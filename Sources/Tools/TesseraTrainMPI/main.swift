import Platform
import TesseraCLI

let status = Tool.train(
  program: "tessera-train-mpi", Array(CommandLine.arguments.dropFirst()),
  connect: MPICommunicator.connect)
MPICommunicator.disconnect()
exit(status)
