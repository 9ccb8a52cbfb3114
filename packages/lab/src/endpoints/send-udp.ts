/**
 * Sends a datagram from one socket to each of several destinations: `node send-udp.js [ADDRESS:]PORT PAYLOAD ADDRESS:PORT...`, with the
 * payload in hexadecimal (a destination may be named many times). It prints a line for each answer within a second: `from ADDRESS:PORT PAYLOAD`, and ends.
 */
import { createSocket } from "node:dgram";

const [own, payload, ...destinations] = process.argv.slice(2);
const [port, address] = own.split(":").toReversed();
const socket = createSocket("udp4");
socket.on("message", (answer, { address, port: from }) => {
  console.log(`from ${address}:${from} ${answer.toString("hex")}`);
});
socket.bind({ port: Number(port), ...(address !== undefined && { address }) }, () => {
  for (const destination of destinations) {
    const [address, to] = destination.split(":");
    socket.send(Buffer.from(payload, "hex"), Number(to), address);
  }
  setTimeout(() => socket.close(), 1000);
});
