"""What programs that link with the libraries rely on, as text: `python c_abi.py > c_abi.txt` records it.

While TSR_ABI_VERSION stays the same, lines are added to the record, none is changed or taken away; fields come at the end
of structs that begin with struct_size.
"""

import re
import subprocess
import tempfile

import c_library

HEADERS = ["tessera.h", "tessera_compiler.h", "tessera_images.h"]


def declarations(text):
    """What a header declares, without comments and directives, each on a line."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    text = re.sub(r"^#ifdef __cplusplus.*?^#endif$", " ", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^#.*$", " ", text, flags=re.MULTILINE)
    found = re.findall(r"(?:[^;{}]|\{[^{}]*\})+(?=;)", text)
    return [re.sub(r"\( ", "(", " ".join(declaration.split())) for declaration in found]


def probe(headers):
    """A program that prints the values of constants and the places of fields."""
    lines = []
    for text in headers:
        constants = re.findall(r"^#define (TSR_\w+) \S", text, re.MULTILINE)
        for declaration in declarations(text):
            if declaration.startswith("enum"):
                constants += re.findall(r"(TSR_\w+) =", declaration)
            struct = re.match(r"typedef struct (\w+) \{(.*)\}", declaration)
            if struct:
                name, body = struct.groups()
                lines.append(f'printf("struct {name}: %zu bytes\\n", sizeof({name}));')
                for field in body.split(";"):
                    member = re.search(r"\(\*(\w+)\)|(\w+)\s*$", field)
                    if member:
                        member = member[1] or member[2]
                        lines.append(f'printf("struct {name}: {member} at %zu\\n", offsetof({name}, {member}));')
        lines += [f'printf("constant {name}: %llu\\n", (unsigned long long){name});' for name in constants]
    return "\n".join(["#include <stdio.h>", *(f"#include <{name}>" for name in HEADERS), "int main(void) {", *lines, "return 0; }"])


def exports(name):
    """The names that a library exports, with their versions."""
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", c_library.FOLDER / f"lib/lib{name}.so.1"],
        check=True, capture_output=True, text=True).stdout
    return sorted(line.split()[-1] for line in listed.splitlines() if " A " not in line)


def record():
    headers = [(c_library.FOLDER / "include" / name).read_text() for name in HEADERS]
    lines = [f"declaration: {declaration}" for text in headers for declaration in declarations(text)]
    with tempfile.TemporaryDirectory() as folder:
        source = f"{folder}/probe.c"
        with open(source, "w") as file:
            file.write(probe(headers))
        program = c_library.compile_program([source], f"{folder}/probe", "-std=c99", library="tessera")
        lines += subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    return lines


if __name__ == "__main__":
    print("\n".join(record()))
