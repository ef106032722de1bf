import { spawn } from "node:child_process";

/** Ends process groups when this process is gone, however it went: SIGKILL included. */
export interface Reaper {
  add(pid: number): void;
  /** Forgets a process that has ended, so that a later one with its number is left alone. */
  forget(pid: number): void;
  close(): void;
}

// The kernel closes the pipe when the sandbox dies; the shell then reads its end and kills what is still on the list.
const SCRIPT = `
trap "" INT TERM HUP
while read -r sign pid; do
  case $sign in
    +) pids="$pids $pid" ;;
    -) kept=; for one in $pids; do [ "$one" = "$pid" ] || kept="$kept $one"; done; pids=$kept ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid" 2>/dev/null; done
`;

/** Starts the watchdog: a shell of its own process group that waits on a pipe from this process. */
export function startReaper(): Reaper {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"], env: {} });
  shell.stdin.on("error", () => {}); // the watchdog was killed: nothing is left to tell
  shell.unref();
  const tell = (sign: "+" | "-", pid: number) => shell.stdin.write(`${sign} ${pid}\n`);
  return {
    add: (pid) => tell("+", pid),
    forget: (pid) => tell("-", pid),
    close: () => shell.stdin.end(),
  };
}
