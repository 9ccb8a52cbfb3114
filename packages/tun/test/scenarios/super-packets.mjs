// A real TCP connection through a mirror in a worker thread: bulk data leaves one socket of this host and must arrive
// at another one unchanged, as super-packets on the way.
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { openEventFd } from "@nat64/packet-io/wait";
import { openTun } from "@nat64/tun";
import { ip, report } from "./support.mjs";

const [family, offloads] = process.argv.slice(2);
const [local, mirrored, prefix] = family === "6" ? ["fd00:9::1", "fd00:9::2", 64] : ["10.9.0.1", "10.9.0.2", 24];
const tun = openTun({ name: "test0", offloads });
ip(`address add ${local}/${prefix} dev test0${family === "6" ? " nodad" : ""}`);
ip("link set test0 up");

const stop = openEventFd();
const worker = new Worker(new URL("./mirror-worker.mjs", import.meta.url), {
  workerData: { tun: tun.handle, stopFd: stop.fd },
});
await once(worker, "message");

const sent = randomBytes(8 << 20);
const received = createHash("sha256");
const server = createServer((socket) => {
  socket.on("data", (chunk) => received.update(chunk));
  socket.on("end", () => socket.end());
});
server.listen(5000, local);
await once(server, "listening");
const client = connect(5000, mirrored);
client.end(sent);
client.resume();
await once(client, "close");
server.close();

const facts = once(worker, "message");
const ended = once(worker, "exit");
stop.notify();
const [seen] = await facts;
await ended;
tun.close();
stop.close();
report({ ...seen, intact: received.digest("hex") === createHash("sha256").update(sent).digest("hex") });
