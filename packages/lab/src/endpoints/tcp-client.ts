/**
 * A TCP client: `node tcp-client.js ADDRESS PORT [reset]`. It connects, sends a byte, and prints how that ended: `closed`, or
 * the code of the error, such as `ECONNREFUSED`. With `reset` it resets the connection once it is up.
 */
import { connect } from "node:net";

const [address, port, what] = process.argv.slice(2);
const socket = connect({ host: address, port: Number(port), timeout: 10_000 });
socket.on("connect", () => (what === "reset" ? socket.resetAndDestroy() : socket.write("?")));
socket.on("timeout", () => socket.destroy(Object.assign(new Error("no answer"), { code: "TIMEOUT" })));
socket.on("error", (error: NodeJS.ErrnoException) => console.log(error.code));
socket.on("close", (hadError) => hadError || console.log("closed"));
socket.resume();
