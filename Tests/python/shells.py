"""Types into real shells: what a command line is after the tab key."""

import os
import pty
import re
import select
import shutil
import subprocess
import time

import tool

# Control-G prints the command line between these marks, and empties it.
MARKED = re.compile(r"<<<(.*?)>>>", re.DOTALL)
SET_UP = {
    "bash": """PS1='ready> '; show() { printf '%s%s%s\\n' '<<' "<$READLINE_LINE>" '>>'; READLINE_LINE=; }; bind -x '"\\C-g": show'
bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source <(tessera completions bash)""",
    "zsh": """PS1='ready> '; autoload -Uz compinit; compinit -u -D; show() { zle -I; print -r -- '<''<'"<$BUFFER>"'>''>'; BUFFER=; }
zle -N show; bindkey '^G' show; setopt no_beep no_list_beep; source <(tessera completions zsh)""",
}
START = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}


def is_there(shell):
    return shutil.which(shell) is not None


def environment(folder):
    """Where `tessera` is the tool that is tested."""
    binaries = folder / "bin"
    binaries.mkdir(exist_ok=True)
    if not (binaries / "tessera").exists():
        (binaries / "tessera").symlink_to(tool.PATH)
    return {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


class Typist:
    """A shell in `folder` with somebody at its keyboard."""

    def __init__(self, shell, folder):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(shell, START[shell], environment(folder))
        self.type(SET_UP[shell] + "\necho 'set'' up'\n")
        self.read_until(re.compile("set up"))

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, pattern, seconds=20):
        text, end = "", time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.terminal], [], [], 0.1)[0]:
                text += os.read(self.terminal, 1 << 16).decode(errors="replace")
                if match := pattern.search(text):
                    return match
        raise AssertionError(f"the shell did not print {pattern.pattern}: {text!r}")

    def complete(self, line):
        """The command line after `line` and a tab."""
        self.type(f"{line}\t\x07")
        return self.read_until(MARKED).group(1)

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


def fish(line, folder):
    """All that fish offers at the end of `line`."""
    script = 'tessera completions fish | source; complete -C "$line"'
    printed = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=folder, env={**environment(folder), "line": line}, check=True,
        capture_output=True, text=True).stdout
    return [offer.partition("\t")[0] for offer in printed.splitlines()]
