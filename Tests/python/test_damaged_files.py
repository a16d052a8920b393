"""Damaged files: the tool says what is wrong and where, and neither crashes, hangs nor grabs memory."""

import concurrent.futures
import filecmp
import shutil

import pytest

import damaged_files
import tool

TIMEOUT_SECONDS = 20
# All that a process may map, its libraries and stacks included; so it can never use more.
ADDRESS_SPACE_BYTES = 2 << 30
SAMPLES = {sample.name: sample for sample in damaged_files.samples()}


def arguments(sample, folder):
    """The command, with the files in `folder`."""
    result = []
    for word in sample.command:
        prefix, _, name = word.rpartition("=")
        if name in sample.files or name.split(".")[0] == "out":
            word = f"{prefix}={folder / name}" if prefix else folder / name
        result.append(word)
    return result


def call(sample, folder):
    return tool.call(*arguments(sample, folder), timeout=TIMEOUT_SECONDS, address_space=ADDRESS_SPACE_BYTES)


def write(sample, folder, data=None):
    folder.mkdir(parents=True)
    for name, sound in sample.files.items():
        (folder / name).write_bytes(sound if data is None or name != sample.target else data)


def outputs(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def problem(sample, data, exits, folder, sound_folder):
    """What the tool does wrong with a damaged file; None if nothing."""
    write(sample, folder, data)
    before = outputs(folder)
    try:
        result = call(sample, folder)
    except Exception as failure:
        return f"did not end: {failure}"
    if result.exit not in exits:
        return f"expected exit {exits}: {result}"
    if result.exit == 0:
        if exits == (0, 1) and not same_files(sound_folder, folder, sample):
            return f"passed with another result: {result}"
        return None
    # Wrong usage is about the command, not about a file.
    if result.exit != 2 and not any(str(folder / name) in result.stderr for name in sample.files):
        return f"the message does not name the file: {result}"
    if len(result.stderr) > 20_000:
        return f"the message is {len(result.stderr)} bytes long"
    if outputs(folder) != before:
        return f"left a file behind: {set(outputs(folder)) - set(before)}"
    return None


def same_files(sound_folder, folder, sample):
    written = [p.relative_to(folder) for p in outputs(folder) if p.name not in sample.files]
    return written and all(filecmp.cmp(sound_folder / p, folder / p, shallow=False) for p in written)


def check(sample, folder):
    sound_folder = folder / "sound"
    write(sample, sound_folder)
    result = call(sample, sound_folder)
    assert result.exit == 0, f"the sound file: {result}"

    work = [
        (name, data, exits)
        for copies, exits in (
            (sample.refused, (1, 3)),
            (sample.detectable, (0, 1)),
            (sample.undetectable, sample.undetectable_exits),
        )
        for name, data in copies
    ]

    def one(index):
        name, data, exits = work[index]
        if data == sample.files[sample.target]:
            return None
        place = folder / str(index)
        found = problem(sample, data, exits, place, sound_folder)
        shutil.rmtree(place)
        return found and f"{sample.name}, {name}: {found}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        problems = [found for found in pool.map(one, range(len(work))) if found]
    print(f"\n{sample.name}: {len(work)} damaged files")
    assert not problems, f"{len(problems)} of {len(work)}\n" + "\n".join(problems)
    return len(work)


@pytest.mark.parametrize("name", SAMPLES)
def test_file(name, tmp_path):
    check(SAMPLES[name], tmp_path)


def test_plan(tmp_path, tessera):
    model, _ = damaged_files.small_model()
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    plan = tmp_path / "model.plan"
    tessera("compile", tmp_path / "model.onnx", "-o", plan)
    check(damaged_files.plan_sample(plan.read_bytes()), tmp_path / "damaged")


def test_at_least_300_files_are_tried():
    copies = (s.refused + s.detectable + s.undetectable for s in SAMPLES.values())
    assert sum(map(len, copies)) >= 300
