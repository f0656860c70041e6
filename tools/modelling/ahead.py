"""Work ahead: the next item is made in a thread while the one before is still being worked on."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
WAIT_SECONDS = 0.1


def ahead(items: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """The items in their order, one made in advance; what is raised while one is made is raised here.

    The thread is gone and the generator closed when this one is exhausted or closed.
    """
    made: queue.Queue[tuple[Item | None, BaseException | None, bool]] = queue.Queue(maxsize=1)
    leaving = threading.Event()

    def hand_over(item: Item | None, error: BaseException | None, *, last: bool) -> None:
        while not leaving.is_set():
            try:
                made.put((item, error, last), timeout=WAIT_SECONDS)
            except queue.Full:
                continue
            return

    def make() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                hand_over(item, None, last=False)
                if leaving.is_set():
                    break
        except BaseException as raised:  # noqa: BLE001 - whatever it is, it belongs to the thread that waits for the item
            error = raised
        items.close()
        hand_over(None, error, last=True)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        while True:
            item, error, last = made.get()
            if error is not None:
                raise error
            if last:
                return
            yield item  # type: ignore[misc]  # an item may well be None; the last one is told by its mark
    finally:
        leaving.set()
        thread.join()


def abreast(
    work: Callable[[Item], Made], items: Generator[Item, None, None], workers: int
) -> Generator[Made, None, None]:
    """What the work makes of the items, in their order, of up to so many at once; what it raises is raised here.

    The threads are gone and the generator closed when this one is exhausted or closed.
    """
    begun: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                begun.append(pool.submit(work, item))
                if len(begun) == workers:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            items.close()
