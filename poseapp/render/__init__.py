"""Drawing without Qt: overlays on pictures and movies of them.

`poseapp.render` is also a verb of the public interface: the module can be called like the function it names.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _RenderVerb(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # By name and late: drawing knows nothing of the interface that names a verb after it.
        return import_module("poseapp.api").render(*args, **kwargs)


sys.modules[__name__].__class__ = _RenderVerb
