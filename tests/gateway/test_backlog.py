"""The backlog: order, bounds, and what is on disk when."""

import pytest

from gateway import backlog
from gateway.backlog import Backlog
from gateway.spill.files import SpillFiles


def lines(count, start=0):
    return [b"event-%04d" % number for number in range(start, start + count)]


def filled(found, count, start=0):
    for line in lines(count, start):
        found.add(line)
    return found


def everything(found):
    delivered = []
    while found.events:
        delivered += found.take()
        found.done()
    return delivered


@pytest.fixture
def files(tmp_path):
    return SpillFiles(tmp_path)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(backlog, "BATCH_EVENTS", 10)
    monkeypatch.setattr(backlog, "BATCHES_IN_MEMORY", 2)


def test_events_leave_in_the_order_they_came():
    found = filled(Backlog(), 35)
    assert found.has_full_batch
    assert everything(found) == lines(35)
    assert (found.events, found.dropped) == (0, 0)
    assert not found.has_full_batch


def test_a_batch_is_bounded_by_its_bytes(monkeypatch):
    monkeypatch.setattr(backlog, "BATCH_BYTES", 25)
    assert len(filled(Backlog(), 10).take()) == 3


def test_what_is_added_while_a_batch_is_in_hand_waits_for_the_next():
    found = filled(Backlog(), 3)
    first = found.take()
    found.add(b"later")
    assert first == lines(3)
    assert found.done() == 3
    assert found.take() == [b"later"]


def test_in_memory_the_oldest_are_dropped_one_by_one_and_counted(monkeypatch):
    monkeypatch.setattr(backlog, "QUEUE_EVENTS", 15)
    found = filled(Backlog(), 40)
    assert (found.events, found.dropped, found.spilled) == (15, 25, 0)
    assert everything(found) == lines(15, 25)


def test_in_memory_bytes_are_bounded_too(monkeypatch):
    monkeypatch.setattr(backlog, "QUEUE_BYTES", 100)
    found = filled(Backlog(), 30)
    assert (found.events, found.dropped) == (10, 20)


def test_the_batch_in_hand_is_never_dropped(monkeypatch):
    monkeypatch.setattr(backlog, "QUEUE_EVENTS", 3)
    found = filled(Backlog(), 3)
    in_hand = found.take()
    filled(found, 2, start=3)
    assert found.done() == 3
    assert in_hand == lines(3)
    assert everything(found) == []
    assert found.dropped == 2


def test_what_waits_for_two_ticks_is_on_disk(files):
    found = filled(Backlog(files, 10**6), 3)
    found.write_ahead()
    assert found.spilled == 0
    found.add(b"younger")
    found.write_ahead()
    assert found.spilled == 3
    assert files.read(1)[0] == lines(3)
    found.write_ahead()
    assert (found.spilled, found.events) == (4, 4)
    assert found.spilled_bytes == files.bytes


def test_what_is_delivered_in_time_is_never_written(files, tmp_path):
    found = filled(Backlog(files, 10**6), 3)
    found.write_ahead()
    found.take()
    found.done()
    found.write_ahead()
    assert list(tmp_path.iterdir()) == []


def test_what_is_delivered_is_removed(files, tmp_path):
    found = filled(Backlog(files, 10**6), 25)
    found.write_ahead(everything=True)
    assert len(list(tmp_path.iterdir())) == 3
    assert everything(found) == lines(25)
    assert list(tmp_path.iterdir()) == []
    assert (found.spilled, found.spilled_bytes) == (0, 0)


def test_batches_far_from_their_turn_are_on_disk_only(files):
    found = filled(Backlog(files, 10**6), 55)
    found.write_ahead(everything=True)
    held = [len(batch.lines) for batch in found._batches]
    assert held == [10, 10, 0, 0, 0, 5]
    assert everything(found) == lines(55)


def test_the_disk_is_bounded_and_the_oldest_pay(files):
    found = filled(Backlog(files, 500), 55)
    found.take()
    found.write_ahead(everything=True)
    assert files.bytes <= 500
    assert found.events + found.dropped == 55
    assert found.dropped > 0
    found.done()
    assert everything(found)[-1] == lines(55)[-1]


def test_a_bound_that_the_batch_in_hand_exceeds_alone_is_not_forced(files):
    found = filled(Backlog(files, 1), 5)
    found.take()
    found.write_ahead(everything=True)
    assert (found.events, found.dropped) == (5, 0)


def test_an_earlier_life_comes_first(tmp_path):
    earlier = filled(Backlog(SpillFiles(tmp_path), 10**6), 25)
    earlier.write_ahead(everything=True)
    assert earlier.give_up() == 0
    files = SpillFiles(tmp_path)
    found = filled(Backlog(files, 10**6), 3, start=100)
    for file in files.recover():
        found.adopt(file.number, file.events)
    assert (found.events, found.spilled) == (28, 25)
    assert everything(found) == lines(25) + lines(3, 100)


def test_a_torn_record_is_skipped_and_said(tmp_path):
    filled(Backlog(SpillFiles(tmp_path), 10**6), 3).write_ahead(everything=True)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-4])
    files = SpillFiles(tmp_path)
    found = Backlog(files, 10**6)
    for it in files.recover():
        found.adopt(it.number, it.events)
    assert everything(found) == lines(2)
    assert (found.broken, found.dropped) == (1, 0)


def test_a_broken_file_is_counted_as_dropped_and_goes(tmp_path):
    filled(Backlog(SpillFiles(tmp_path), 10**6), 3).write_ahead(everything=True)
    files = SpillFiles(tmp_path)
    found = Backlog(files, 10**6)
    for it in files.recover():
        found.adopt(it.number, it.events)
    (file,) = tmp_path.iterdir()
    file.unlink()
    assert found.take() == []
    assert "cannot read spilled reports" in found.error
    assert found.done() == 0
    assert (found.events, found.spilled, found.dropped) == (0, 0, 3)


class Broken:
    """A disk with one trouble at a time."""

    next_number, bytes = 1, 0

    def append(self, number, found):
        raise OSError(28, "No space left on device")

    def sync(self):
        raise OSError(5, "Input/output error")

    def remove(self, number):
        raise OSError(30, "Read-only file system")


def test_a_disk_that_fails_loses_nothing_before_the_end():
    found = filled(Backlog(Broken(), 10**6), 3)
    found.write_ahead(everything=True)
    assert found.error == "cannot spill reports: No space left on device"
    found.sync()
    assert found.error == "cannot sync spilled reports: Input/output error"
    assert found.take() == lines(3)
    found.done()
    assert found.error == "cannot remove delivered reports: Read-only file system"
    filled(found, 2)
    assert found.give_up() == 2
    assert (found.events, found.dropped) == (0, 2)


def test_without_a_folder_nothing_is_written():
    found = filled(Backlog(), 3)
    found.write_ahead(everything=True)
    found.sync()
    assert (found.spilled, found.spilled_bytes, found.events) == (0, 0, 3)
