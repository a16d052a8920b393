import CCaffeProto

/// What decides which layers of a network file take part (`NetState`). The phase is always `TEST`.
struct CaffeState {
  var level = 0
  var stages: Set<String> = []

  init() {}

  init(_ proto: Caffe__NetState) {
    level = Int(proto.level)
    stages = Set(strings(proto.stage, proto.n_stage))
  }

  /// True if the layer takes part: if it is excluded by no rule, or included by one of those that it has.
  func includes(_ layer: CaffeLayer) -> Bool {
    layer.included.isEmpty
      ? !layer.excluded.contains(where: isMet) : layer.included.contains(where: isMet)
  }

  private func isMet(_ rule: CaffeStateRule) -> Bool {
    rule.isTestPhase && rule.levels.contains(level) && rule.stages.isSubset(of: stages)
      && rule.otherStages.isDisjoint(with: stages)
  }
}

/// A condition on the state (`NetStateRule`): all of it must hold.
struct CaffeStateRule {
  let isTestPhase: Bool
  let levels: ClosedRange<Int>
  /// The state has all of these stages.
  let stages: Set<String>
  /// The state has none of these.
  let otherStages: Set<String>

  init(_ proto: Caffe__NetStateRule) {
    isTestPhase = proto.has_phase == 0 || proto.phase == CAFFE__PHASE__TEST
    let least = proto.has_min_level == 0 ? Int.min : Int(proto.min_level)
    let greatest = proto.has_max_level == 0 ? Int.max : Int(proto.max_level)
    // No level is in an empty range: such a rule is never met.
    levels = least <= greatest ? least...greatest : Int.max...Int.max
    stages = Set(strings(proto.stage, proto.n_stage))
    otherStages = Set(strings(proto.not_stage, proto.n_not_stage))
  }
}
