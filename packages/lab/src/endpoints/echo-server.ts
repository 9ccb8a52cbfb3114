/** A TCP echo server: `node echo-server.js PORT`. It prints `ready`, then a line for each connection that ends. */
import { createServer } from "node:net";

const server = createServer((socket) => {
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  socket.setNoDelay();
  socket.on("error", (error: NodeJS.ErrnoException) => console.log(`${from} ${error.code}`));
  socket.on("close", (hadError) => hadError || console.log(`${from} closed`));
  socket.pipe(socket);
});
server.listen(Number(process.argv[2]), "0.0.0.0", () => console.log("ready"));
