/** Time limits of a connection: a good `hello` at first, then any sign of life (PROTOCOL.md §2). */
import type { Context } from "../context.ts";
import { TIMES } from "../limits/limits.ts";
import type { Connection } from "./connection.ts";
import { closeConnection, sayGoodbye } from "./farewell.ts";

/** After so many times `keepAlive` of silence nobody is there. */
const DEAD = 3;

/** From the TCP connection on. */
export function expectHello(context: Context, connection: Connection): void {
  context.timers.set(`silence ${connection.id}`, context.now + TIMES.hello, () => {
    closeConnection(context, connection, "no-hello");
  });
}

/** From `welcome` on. The timer runs behind `heardAt`, so that a message costs no timer. */
export function watch(context: Context, connection: Connection): void {
  const { heardAt } = connection;
  const keepAlive = context.options.keepAlive * 1000;
  const check = (times: number): void => {
    context.timers.set(`silence ${connection.id}`, heardAt + times * keepAlive, () => {
      // Compared, not reckoned from the time: a fraction of a millisecond too little must not set the same timer again.
      if (connection.heardAt !== heardAt) {
        watch(context, connection);
      } else if (times === DEAD) {
        sayGoodbye(context, connection, "silent");
      } else {
        context.send(connection, { type: "ping", id: context.randomWord() >>> 0 });
        check(times + 1);
      }
    });
  };
  check(1);
}
