#!/usr/bin/env python3
"""Records docs/images/session.svg: a real hub, a real hook and real commands in two tmux windows, as a moving picture in one file.

    eng/record.py PATH-OF-HOIAM [OUTPUT]        needs tmux; the ports are free ones but the hook's, which stands in the picture

The picture moves by CSS alone. Who asks for less motion sees the last screen.
"""
import html, os, re, shutil, socket, subprocess, sys, tempfile, time

COLUMNS, HOOK_ROWS, COMMAND_ROWS = 112, 21, 17
CHAR, LINE, TOP, LEFT = 7.2, 16, 40, 12
HOOK = 8622
# Each with the window and the text that it waits for.
COMMANDS = [
    ("hoiam send 0901234567 --request-id order-1 --callback-url http://127.0.0.1:8622/hook", "hook", "order-1.*╰"),
    ("hoiam send 0901234900 --request-id order-2 --callback-url http://127.0.0.1:8622/hook   # 900 fails", "hook", "order-2 .*╰"),
    ("hoiam callbacks", "commands", "╰"),
    ("hoiam doctor", "commands", "every vendor has"),
]
COLOURS = ["#1d2433", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
           "#5c6370", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#ffffff"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def colour(number):
    if number < 16:
        return COLOURS[number]
    if number >= 232:
        return "#%02x%02x%02x" % ((8 + (number - 232) * 10,) * 3)
    number -= 16
    return "#%02x%02x%02x" % tuple(0 if n == 0 else 55 + 40 * n for n in (number // 36, number // 6 % 6, number % 6))


def spans(line):
    """A line of tmux's capture as (text, colour, bold)."""
    fill, bold, out = None, False, []
    for part in re.split(r"(\x1b\[[0-9;]*m)", line.rstrip()):
        if not part.startswith("\x1b["):
            if part:
                out.append((part, fill, bold))
            continue
        codes = [int(c or 0) for c in part[2:-1].split(";")]
        while codes:
            code = codes.pop(0)
            if code == 0:
                fill, bold = None, False
            elif code == 1:
                bold = True
            elif code == 22:
                bold = False
            elif 30 <= code <= 37:
                fill = colour(code - 30)
            elif 90 <= code <= 97:
                fill = colour(code - 82)
            elif code == 39:
                fill = None
            elif code == 38 and codes[:1] == [5]:
                fill, codes = colour(codes[1]), codes[2:]
            elif code == 38 and codes[:1] == [2]:
                fill, codes = "#%02x%02x%02x" % tuple(codes[1:4]), codes[4:]
            elif code == 48:
                codes = codes[2:] if codes[:1] == [5] else codes[4:]
    return out


class Tmux:
    def __init__(self, folder, environment):
        self.socket = os.path.join(folder, "tmux")
        self.environment = environment

    def run(self, *words):
        return subprocess.run(["tmux", "-u", "-S", self.socket, "-f", "/dev/null", *words], env=self.environment, check=True, capture_output=True, text=True).stdout

    def window(self, name, rows):
        self.run("new-session", "-d", "-s", name, "-x", str(COLUMNS), "-y", str(rows), "bash --norc --noprofile")
        self.run("set-option", "-t", name, "status", "off")

    def screen(self, name):
        return self.run("capture-pane", "-e", "-p", "-t", name).split("\n")

    def type(self, name, text):
        self.run("send-keys", "-t", name, "-l", text)

    def enter(self, name):
        self.run("send-keys", "-t", name, "Enter")


def record(hoiam):
    hoiam = os.path.abspath(hoiam)
    folder = tempfile.mkdtemp(prefix="hoiam-record-")
    os.symlink(hoiam, os.path.join(folder, "hoiam"))
    url = "http://127.0.0.1:%d" % free_port()
    environment = dict(os.environ, PATH=folder + ":" + os.environ["PATH"], HOIAM_URL=url, HOIAM_DATA="data", PS1="$ ", LANG="C.UTF-8", LC_ALL="C.UTF-8", TERM="xterm-256color")
    hub = subprocess.Popen([hoiam, "serve", "--sandbox", "--urls", url, "--data", os.path.join(folder, "data"), "--admin-token", "sandbox-admin"],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder, env=dict(os.environ), text=True)
    for line in hub.stdout:
        if "listens on" in line:
            break
    tmux = Tmux(folder, environment)
    frames, start = [], time.monotonic()

    def look():
        shot = (tmux.screen("hook")[:HOOK_ROWS], tmux.screen("commands")[:COMMAND_ROWS])
        if not frames or frames[-1][1] != shot:
            frames.append((time.monotonic() - start, shot))

    def watch(seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            look()
            time.sleep(0.1)

    def expect(window, pattern):
        end = time.monotonic() + 30
        while not re.search(pattern, "\n".join(tmux.screen(window)), re.DOTALL):
            if time.monotonic() > end:
                sys.exit("the window %s never showed %s" % (window, pattern))
            watch(0.1)

    def say(window, text):
        for i in range(0, len(text), 6):
            tmux.type(window, text[i:i + 6])
            time.sleep(0.05)
            look()
        tmux.enter(window)

    try:
        for name, rows in (("hook", HOOK_ROWS), ("commands", COMMAND_ROWS)):
            tmux.window(name, rows)
            tmux.type(name, "cd %s; PS1='$ '; clear" % folder)
            tmux.enter(name)
        time.sleep(1)
        start = time.monotonic()
        say("hook", "hoiam listen --port %d" % HOOK)
        expect("hook", "listening on")
        watch(1)
        for command, window, pattern in COMMANDS:
            say("commands", command)
            expect(window, pattern)
            watch(3)
    finally:
        subprocess.run(["tmux", "-S", tmux.socket, "kill-server"], capture_output=True)
        hub.terminate()
        hub.wait(30)
        shutil.rmtree(folder, ignore_errors=True)
    return frames, time.monotonic() - start


def draw(frames, length):
    rows, out = {}, []
    hold = length + 4  # the last screen stays a while before it begins again

    def row(line):
        cells = spans(line)
        if not cells:
            return None
        text = "".join('<tspan%s%s>%s</tspan>' % (' fill="%s"' % f if f else "", ' font-weight="700"' if b else "", html.escape(t, quote=False)) for t, f, b in cells)
        if text not in rows:
            rows[text] = "r%d" % len(rows)
        return rows[text]

    width = int(COLUMNS * CHAR + 2 * LEFT)
    second = TOP + HOOK_ROWS * LINE + 12
    height = second + TOP + COMMAND_ROWS * LINE + 4
    style, body = [], []
    for i, (at, (hook, commands)) in enumerate(frames):
        end = frames[i + 1][0] if i + 1 < len(frames) else hold
        used = []
        for top, lines in ((TOP, hook), (second + TOP, commands)):
            for n, line in enumerate(lines):
                name = row(line)
                if name:
                    used.append('<use href="#%s" y="%d"/>' % (name, top + n * LINE))
        style.append("#f%d{animation-name:k%d}@keyframes k%d{0%%{visibility:hidden}%.2f%%{visibility:visible}%.2f%%{visibility:hidden}}" % (i, i, i, 100 * at / hold, 100 * end / hold))
        body.append('<g id="f%d" class="f">%s</g>' % (i, "".join(used)))
    last = len(frames) - 1
    out.append('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="A terminal session: hoiam listen shows the callbacks of two sends, then hoiam callbacks and hoiam doctor">' % (width, height, width, height))
    out.append("<style>text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#c8ccd4;white-space:pre}"
               ".t{fill:#8b93a5}.f{visibility:hidden;animation:%.1fs step-end infinite}%s" % (hold, "".join(style)) +
               "@media(prefers-reduced-motion:reduce){.f{animation:none}#f%d{visibility:visible}}</style>" % last)
    out.append("<defs>" + "".join('<text id="%s" x="%d" xml:space="preserve">%s</text>' % (name, LEFT, text) for text, name in rows.items()) + "</defs>")
    for top, title, lines in ((0, "your web server", HOOK_ROWS), (second, "you", COMMAND_ROWS)):
        out.append('<rect y="%d" width="%d" height="%d" rx="8" fill="#1d2433"/><text class="t" x="%d" y="%d">%s</text>' % (top, width, TOP + lines * LINE + 4, LEFT, top + 18, title))
    out.extend(body)
    out.append("</svg>\n")
    return "\n".join(out)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not shutil.which("tmux"):
        sys.exit(__doc__)
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "images", "session.svg")
    shots, seconds = record(sys.argv[1])
    with open(target, "w", encoding="utf-8") as file:
        file.write(draw(shots, seconds))
    print("%d screens, %d seconds, %d KiB" % (len(shots), seconds, os.path.getsize(target) // 1024))
