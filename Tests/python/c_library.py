"""The libraries for C, as `make libraries` lays them out, called by way of ctypes, which holds no lock meanwhile."""

import ctypes
import os
import subprocess
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p

import tool

FOLDER = tool.ROOT / ".build/libraries"
NAMES = ["tessera-runtime", "tessera"]
if not FOLDER.exists():
    raise RuntimeError(f"{FOLDER} does not exist; build it: make libraries")
OK, INVALID_INPUT, INVALID_USAGE, UNSUPPORTED, SYSTEM_FAILURE = range(5)
NONE = c_size_t(-1).value
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
HANDLE = POINTER(c_void_p)
MESSAGE = [c_char_p, c_size_t]


class TensorInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("name", c_char_p), ("shape", POINTER(c_int64)), ("rank", c_size_t),
        ("element_count", c_size_t), ("byte_count", c_size_t), ("element_type", c_int32), ("reserved", c_int32)]


class Memory(ctypes.Structure):
    """A `tsr_input` or a `tsr_output`."""

    _fields_ = [("data", c_void_p), ("byte_count", c_size_t)]


class SessionOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("thread_count", c_size_t)]


class InputShape(ctypes.Structure):
    _fields_ = [("variant", c_size_t), ("input", c_char_p), ("shape", POINTER(c_int64)), ("rank", c_size_t)]


WARNING = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)


class CompileOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("flags", c_uint64), ("weights", c_char_p), ("weights_map", c_char_p),
        ("shapes", POINTER(InputShape)), ("shape_count", c_size_t), ("outputs", POINTER(c_char_p)),
        ("output_count", c_size_t), ("labels", POINTER(c_char_p)), ("label_count", c_size_t), ("preset", c_char_p),
        ("weights_precision", c_char_p), ("max_error", c_double), ("memory_limit_byte_count", c_uint64),
        ("thread_count", c_size_t), ("on_warning", WARNING), ("warning_context", c_void_p)]

    def __init__(self, **values):
        super().__init__(struct_size=ctypes.sizeof(CompileOptions), **values)


RUNTIME = {
    "abi_version": (c_uint32, []),
    "version": (c_char_p, []),
    "plan_open": (c_int32, [c_char_p, HANDLE, *MESSAGE]),
    "plan_copy": (c_int32, [c_void_p, c_size_t, HANDLE, *MESSAGE]),
    "plan_borrow": (c_int32, [c_void_p, c_size_t, HANDLE, *MESSAGE]),
    "plan_release": (None, [c_void_p]),
    "plan_verify_weights": (c_int32, [c_void_p, *MESSAGE]),
    "plan_bytes": (c_void_p, [c_void_p, POINTER(c_size_t)]),
    "plan_name": (c_char_p, [c_void_p]),
    "plan_metadata": (c_char_p, [c_void_p, c_char_p]),
    "plan_label_count": (c_size_t, [c_void_p]),
    "plan_label": (c_char_p, [c_void_p, c_size_t]),
    "plan_variant_count": (c_size_t, [c_void_p]),
    "plan_input_count": (c_size_t, [c_void_p]),
    "plan_output_count": (c_size_t, [c_void_p]),
    "plan_input": (POINTER(TensorInfo), [c_void_p, c_size_t, c_size_t]),
    "plan_output": (POINTER(TensorInfo), [c_void_p, c_size_t, c_size_t]),
    "plan_input_index": (c_size_t, [c_void_p, c_char_p]),
    "plan_output_index": (c_size_t, [c_void_p, c_char_p]),
    "session_create": (c_int32, [c_void_p, POINTER(SessionOptions), HANDLE, *MESSAGE]),
    "session_release": (None, [c_void_p]),
    "session_thread_count": (c_size_t, [c_void_p]),
    "session_memory_byte_count": (c_size_t, [c_void_p]),
    "session_prepare": (c_int32, [c_void_p, c_size_t, *MESSAGE]),
    "session_run": (
        c_int32, [c_void_p, c_size_t, POINTER(Memory), c_size_t, POINTER(Memory), c_size_t, *MESSAGE]),
    "session_run_named": (
        c_int32, [c_void_p, c_size_t, POINTER(c_char_p), POINTER(Memory), c_size_t, POINTER(c_char_p),
                  POINTER(Memory), c_size_t, *MESSAGE]),
}
COMPILER = {
    "compile_file": (c_int32, [c_char_p, c_char_p, POINTER(CompileOptions), *MESSAGE]),
    "compile_plan": (c_int32, [c_char_p, POINTER(CompileOptions), HANDLE, *MESSAGE]),
    "compile_memory": (c_int32, [c_void_p, c_size_t, POINTER(CompileOptions), HANDLE, *MESSAGE]),
    "plan_read_images": (c_int32, [c_void_p, POINTER(Memory), c_size_t, c_void_p, c_size_t, *MESSAGE]),
}


class Failure(Exception):
    """A call returned `status` and said `message`."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


class Library:
    """A library whose functions are called without `tsr_`: `library.plan_name(plan)`."""

    def __init__(self, name):
        self.name = name
        self.functions = {**RUNTIME, **(COMPILER if name == "tessera" else {})}
        shared = ctypes.CDLL(FOLDER / f"lib/lib{name}.so.1")
        for function, (result, arguments) in self.functions.items():
            found = getattr(shared, f"tsr_{function}")
            found.restype, found.argtypes = result, arguments
            setattr(self, function, found)

    def check(self, function, *arguments):
        """Calls a function that says what is wrong."""
        message = ctypes.create_string_buffer(1 << 16)
        status = getattr(self, function)(*arguments, message, len(message))
        if status != OK:
            raise Failure(status, message.value.decode())
        assert message.value == b""

    def make(self, function, *arguments):
        """Calls a function that gives out a handle last."""
        handle = c_void_p()
        self.check(function, *arguments, byref(handle))
        return handle

    def open(self, path):
        return self.make("plan_open", os.fsencode(path))

    def session(self, plan, threads=0):
        return self.make("session_create", plan, SessionOptions(ctypes.sizeof(SessionOptions), threads))

    def run(self, session, inputs, outputs, variant=0):
        """Runs by index from and into arrays."""
        self.check("session_run", session, variant, memories(inputs), len(inputs), memories(outputs), len(outputs))

    def run_named(self, session, inputs, outputs, variant=0):
        """Runs from and into arrays by name."""
        self.check(
            "session_run_named", session, variant, names(inputs), memories(inputs.values()), len(inputs),
            names(outputs), memories(outputs.values()), len(outputs))


def memories(arrays):
    """Where arrays lie; None is NULL."""
    found = [Memory(None, 0) if array is None else Memory(array.ctypes.data, array.nbytes) for array in arrays]
    return (Memory * len(found))(*found)


def names(texts):
    return (c_char_p * len(texts))(*(text.encode() for text in texts))


def compile_program(sources, program, *flags, library="tessera-runtime", compiler="gcc"):
    """Compiles and links a program as the documents say."""
    environment = {**os.environ, "PKG_CONFIG_PATH": str(FOLDER / "lib/pkgconfig")}
    found = subprocess.run(
        ["pkg-config", "--cflags", "--libs", library], env=environment, check=True, capture_output=True, text=True).stdout
    subprocess.run(
        [compiler, *STRICT, *flags, "-o", program, *sources, *found.split(), f"-Wl,-rpath,{FOLDER / 'lib'}"], check=True)
    return program
