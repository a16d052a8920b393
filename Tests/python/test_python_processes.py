"""Plans and sessions in threads and processes: no lock is held, pickles, forks."""

import concurrent.futures
import multiprocessing
import pickle
import threading
import time

import numpy as np
import pytest

import python_package  # noqa: F401
import tessera
import tool
from tessera import ErrorKind, Plan, Session, TesseraError

IMAGE = {"image": np.full((1, 1, 28, 28), 7, np.float32)}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    plan = tessera.compile(tool.ROOT / "Graphs/digits.onnx", tmp_path_factory.mktemp("plan") / "digits.plan")
    return Session(plan, threads=2)


def scores(session):
    return session.run(None, IMAGE)[0].tobytes()


def inherited(session, results):
    """In a child: what a run of the parent's session says, and what a session of its own gives."""
    try:
        said = scores(session)
    except TesseraError as problem:
        said = (problem.kind, str(problem))
    results.put((said, scores(Session(session.plan, threads=2))))


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_children(session, method):
    expected = scores(session)
    context = multiprocessing.get_context(method)
    results = context.Queue()
    child = context.Process(target=inherited, args=(session, results))
    child.start()
    said, own = results.get(timeout=60)
    child.join(60)
    assert child.exitcode == 0 and own == expected
    if method == "fork":
        assert said[0] == ErrorKind.INVALID_USAGE and "a forked process makes sessions of its own" in said[1]
    else:
        # The session was pickled: it is one of the child's own.
        assert said == expected
    assert scores(session) == expected


def test_pickles(session):
    again = pickle.loads(pickle.dumps(session))
    assert again.plan.path == session.plan.path and again.threads == 2 and scores(again) == scores(session)
    plan = pickle.loads(pickle.dumps(Plan(bytes(session.plan))))
    assert plan.path is None and scores(Session(plan)) == scores(session)
    problem = pickle.loads(pickle.dumps(TesseraError(ErrorKind.UNSUPPORTED, "words")))
    assert problem.kind == ErrorKind.UNSUPPORTED and str(problem) == "words"


def test_threads_with_a_session_each_and_with_one_together(session):
    def work(_):
        own = Session(session.plan, threads=1)
        return {scores(each) for _ in range(50) for each in [own, session]}

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert set.union(*pool.map(work, range(4))) == {scores(session)}


def test_other_threads_go_on_meanwhile():
    """While the library compiles and runs, the longest time for which Python stands still is short."""
    graph = tool.ROOT / "Graphs/vgg-a.onnxtxt"
    stop = threading.Event()
    gaps = []

    def tick():
        last = time.monotonic()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    clock = threading.Thread(target=tick)
    clock.start()
    begin = time.monotonic()
    session = Session(tessera.compile(graph, weights="random:1", preset="none", threads=1), threads=1)
    for _ in range(5):
        session.run([], {"data": np.zeros((1, 3, 224, 224), np.float32)})
    lasted = time.monotonic() - begin
    stop.set()
    clock.join()
    assert max(gaps) < lasted / 4
