/**
 * Sends a datagram from one socket to each of several destinations: `node send-udp.js PORT ADDRESS:PORT...`. It prints a line
 * for each answer within half a second: `from ADDRESS:PORT`, and ends.
 */
import { createSocket } from "node:dgram";

const [port, ...destinations] = process.argv.slice(2);
const socket = createSocket("udp4");
socket.on("message", (_, { address, port: from }) => console.log(`from ${address}:${from}`));
socket.bind(Number(port), () => {
  for (const destination of destinations) {
    const [address, to] = destination.split(":");
    socket.send("?", Number(to), address);
  }
  setTimeout(() => socket.close(), 500);
});
