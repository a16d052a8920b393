import CPUKernels
import Tensors
import Testing

struct CPUQuotaTests {
  private func quota(_ files: [String: String]) -> Int? {
    CPUQuota.ofThisProcess(ControlGroups { files[$0] })
  }

  @Test func readsVersion2() {
    let group = ["/proc/self/cgroup": "0::/a/b\n"]
    #expect(quota(group) == nil)
    let limited = group.merging(["/sys/fs/cgroup/a/b/cpu.max": "250000 100000\n"]) { $1 }
    #expect(quota(limited) == 3)
    #expect(quota(limited.merging(["/sys/fs/cgroup/a/cpu.max": "100000 100000\n"]) { $1 }) == 1)
    #expect(quota(limited.merging(["/sys/fs/cgroup/cpu.max": "max 100000\n"]) { $1 }) == 3)
  }

  @Test func readsVersion1() {
    let files = [
      "/proc/self/cgroup": "5:memory:/x\n4:cpu,cpuacct:/x\n",
      "/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "150000\n",
      "/sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    #expect(quota(files) == 2)
  }

  @Test(arguments: ["", "0::", "nonsense", "0::/a\n", "1:cpu:/a\n"])
  func damagedFilesGiveNone(text: String) {
    #expect(
      quota([
        "/proc/self/cgroup": text, "/sys/fs/cgroup/a/cpu.max": "x y",
        "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "9999999999999999999999",
        "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "0",
      ]) == nil)
  }
}
