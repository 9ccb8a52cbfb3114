/**
 * Answers each datagram with the address and port that it came from: `node tell-source.js PORT [OTHER-PORT]`, from the port it
 * came to or, where there is another, from that one. It prints `ready`, then a line for each: `ADDRESS:PORT`.
 */
import { createSocket } from "node:dgram";

const [port, other] = process.argv.slice(2).map(Number);
const socket = createSocket("udp4");
const answerer = other === undefined ? socket : createSocket("udp4").bind(other);
socket.on("message", (_, { address, port: from }) => {
  console.log(`${address}:${from}`);
  answerer.send(`${address}:${from}`, from, address);
});
socket.bind(port, () => console.log("ready"));
