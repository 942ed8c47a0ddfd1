"""Runner: whatever happens to a task or to its process, the others are done."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from isocenter import pulse, runner


def step(task):
    """What the task says: a number is doubled, a word is an accident."""
    if task == "raise":
        raise ValueError("no\nnumber")
    if task == "exit":
        os._exit(3)
    if task == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    return task * 2


def harmless(task, dies):
    return 100 if dies(step, task) else task


def unchanged(task, dies):
    assert dies(step, task)
    return task


JOB = runner.Job(step, harmless)


def outcomes(found):
    good = [one for one in found if not isinstance(one, runner.Failure)]
    return sorted(good), [one for one in found if isinstance(one, runner.Failure)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_raises_is_a_failure_and_the_others_are_done(workers):
    done = list(runner.run(JOB, [1, "raise", 2, 3], workers))
    good, failed = outcomes(done)
    assert good == [2, 4, 6]
    assert [runner.Failure("raise", "ValueError: no number")] == failed


def test_on_an_executor_of_the_caller():
    with ThreadPoolExecutor(2) as threads:
        good, failed = outcomes(list(runner.run_on(threads, JOB, [1, "raise", 2])))
    assert good == [2, 4]
    assert [one.task for one in failed] == ["raise"]


@pytest.mark.parametrize("death", ["exit", "kill"])
def test_a_task_that_kills_its_worker_is_made_harmless_and_the_others_are_done(death):
    good, failed = outcomes(list(runner.run(JOB, [*range(12), death], 2)))
    assert [*range(0, 24, 2), 200] == good
    assert failed == []


def test_a_task_that_stays_deadly_is_a_failure():
    good, failed = outcomes(list(runner.run(runner.Job(step, unchanged), [1, "exit", 2], 1)))
    assert good == [2, 4]
    assert [one.task for one in failed] == ["exit"]
    assert "died" in failed[0].reason


@pytest.mark.parametrize("tasks", [[1, 2], [1, "kill"]])
def test_nothing_of_a_pool_is_left_when_the_work_is_done(tasks):
    """Python's end wakes the pools that are still there, and fails when one closes meanwhile."""
    before = set(threading.enumerate())
    list(runner.run(JOB, tasks, 1))
    assert set(threading.enumerate()) <= before


def test_nothing_of_a_pool_is_left_when_the_work_is_left():
    before = set(threading.enumerate())
    outcomes_ = runner.run(JOB, range(20), 1)
    next(outcomes_)
    outcomes_.close()
    assert set(threading.enumerate()) <= before


def test_no_tasks():
    assert list(runner.run(JOB, [], 2)) == []


def test_dying_is_not_raising():
    assert runner.dies(step, "exit")
    assert not runner.dies(step, "raise")
    assert not runner.dies(step, 1)


def test_cores_are_those_of_this_process():
    assert 1 <= runner.cores() <= (os.cpu_count() or 1)


def slow(task):
    time.sleep(task)
    return task


def test_who_stops_listening_does_not_wait_for_long_tasks():
    started = time.monotonic()
    found = runner.run(runner.Job(slow, unchanged), [0, 60, 60, 60], 2)
    assert next(found) == 0
    found.close()
    assert time.monotonic() - started < 30


def test_the_killer_is_found_by_halving():
    asked = []

    def kill(names):
        asked.append(names)
        return "x" in names

    names = [*map(str, range(500)), "x", *map(str, range(500, 1000))]
    assert runner.killers(names, kill) == ["x"]
    assert len(asked) < 25


def test_tasks_are_asked_for_as_they_are_needed():
    asked = []

    def tasks():
        for number in range(40):
            asked.append(number)
            yield number

    found = runner.run(JOB, tasks(), 1)
    first = next(found)
    assert len(asked) < 20
    assert sorted([first, *found]) == [*range(0, 80, 2)]


def hanging(task):
    """Beats for each letter and never comes to an end at an ``h``; beats are progress."""
    for letter in task:
        pulse.beat(letter)
        time.sleep(60 if letter == "h" else 0.2)
    return task


def without_letter(task, letter):
    return task.replace(letter, "")


@pytest.mark.parametrize("workers", [1, 2])
def test_what_hangs_is_left_out_and_all_the_rest_is_done(workers):
    job = runner.Job(hanging, unchanged, without_letter)
    tasks = ["ab", "ahb", "c", "hh", *"defg"]
    good, failed = outcomes(list(runner.run(job, tasks, workers, patience=2)))
    assert sorted(["ab", "ab", "c", "", *"defg"]) == good
    assert failed == []


def test_what_hangs_and_cannot_be_left_out_is_a_failure():
    job = runner.Job(hanging, unchanged)
    good, failed = outcomes(list(runner.run(job, ["a", "h"], 1, patience=1)))
    assert good == ["a"]
    assert [runner.Failure("h", "no progress for 1 s")] == failed


def test_work_that_goes_on_is_not_late_however_long_it_takes():
    assert list(runner.run(runner.Job(hanging, unchanged), ["a" * 12], 1, patience=1)) == ["a" * 12]


def test_what_is_not_watched_beats_without_effect():
    pulse.beat("thing")
    pulse.end()
