from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelTag(BuildHookInterface):
    """One wheel for every Python: the library inside is called by way of cffi, which needs no extension module."""

    def initialize(self, version, build_data):
        build_data.update(pure_python=False, tag="py3-none-linux_x86_64")
