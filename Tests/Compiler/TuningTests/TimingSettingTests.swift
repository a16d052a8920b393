import CPUKernels
import KernelInterface
import TestSupport
import Testing

@testable import Tuning

/// What identifies the machine.
struct TimingSettingTests {
  @Test func theFirstProcessorNamesTheModel() {
    let text = """
      processor\t: 0
      vendor_id\t: AuthenticAMD
      cpu family\t: 25
      model\t\t: 1
      model name\t: AMD  EPYC 7B13
      cpu MHz\t\t: 2449.998

      processor\t: 1
      vendor_id\t: Other
      """
    #expect(TimingSetting.cpuName(text) == "AuthenticAMD/25/1/AMD EPYC 7B13")
    #expect(
      TimingSetting.cpuName("CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n") == "0x41/0xd0c")
  }

  @Test func aTextWithoutAModelNamesNone() {
    for text in ["", "\n", "model", "processor : 0\nflags : fpu"] {
      #expect(TimingSetting.cpuName(text) == nil)
    }
  }

  @Test func thisMachineHasASetting() throws {
    let kernels = try #require(KernelTable.all.first)
    let setting = try TimingSetting(kernels: kernels, threadCount: 3)
    #expect(setting.threads == 3)
    #expect(setting.instructionSet == kernels.instructionSet)
    #expect(!setting.cpu.isEmpty)
  }
}
