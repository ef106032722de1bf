// Preloaded into every function process: its standard input is a pipe that the sandbox holds open and never writes to,
// so the pipe ends when the sandbox does, however it ended (SIGKILL too), and the process must not outlive it.
process.stdin.on("error", () => process.kill(process.pid, "SIGKILL"));
process.stdin.on("end", () => process.kill(process.pid, "SIGKILL"));
process.stdin.resume();
process.stdin.unref();
