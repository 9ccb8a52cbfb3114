/**
 * A TCP connection that is always in use: `node ticker.js ADDRESS PORT [FROM]`, from a certain address if it is named. Ten times a second it sends a byte to an echo server.
 * It prints a line for each time that bytes come back, `tick N at MS`, and when the connection ends `ended CODE at MS`, with `closed` for an
 * orderly end. N is how many bytes came back, MS the machine's monotonic clock.
 */
import { connect } from "node:net";

const [address, port, from] = process.argv.slice(2);
const socket = connect({ host: address, port: Number(port), noDelay: true, ...(from && { localAddress: from }) });
let echoed = 0;
socket.on("connect", () => {
  console.log("connected");
  setInterval(() => socket.write("."), 100);
});
socket.on("data", (bytes) => {
  echoed += bytes.length;
  console.log(`tick ${echoed} at ${now()}`);
});
socket.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
socket.on("close", () => end("closed"));

function end(how: string): void {
  console.log(`ended ${how} at ${now()}`);
  process.exit();
}

/** The same clock in all processes of the machine. */
function now(): bigint {
  return process.hrtime.bigint() / 1_000_000n;
}
