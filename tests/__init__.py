"""The tests of the service.

Loading the service and thousands of tests makes objects that all stay: to look for garbage among
them takes a fifth of the time. It is looked for again once all are collected (`conftest.py`).
"""

import gc

gc.disable()
