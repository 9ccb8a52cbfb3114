/** Time limits of a connection: first for a valid `hello`, then for any sign of life (PROTOCOL.md §2). */
import type { Context } from "../../context.ts";
import { MAX_SILENT_INTERVALS, TIMES } from "../../limits/times.ts";
import type { Connection } from "../../state/connection.ts";
import { closeConnection, sendGoodbye } from "./close.ts";

/** From the TCP connection on. */
export function expectHandshake({ timers }: Context, connection: Connection): void {
  timers.set("hello", connection, connection.openedAt + TIMES.handshakeMs);
}

/** The TLS handshake is complete. */
export function expectHello({ timers }: Context, connection: Connection): void {
  timers.set("hello", connection, connection.openedAt + TIMES.helloMs);
}

/** There was no TLS handshake, or no valid `hello`, in time. */
export function endWithoutHello(context: Context, connection: Connection): void {
  closeConnection(context, connection, connection.exporter === undefined ? "no-handshake" : "no-hello");
}

/** From `welcome` on. The timer is not moved by frames: it compares when it is due, so that a message costs no timer. */
export function watchSilence(context: Context, connection: Connection): void {
  context.timers.cancel("hello", connection);
  awaitFrame(context, connection, connection.heardAt, 1);
}

/** The silence timer is due. */
export function checkSilence(context: Context, connection: Connection): void {
  const { silence, heardAt } = connection;
  if (silence === undefined) return;
  // Compares two stored values instead of computing with the time: a rounding error must not set the same timer again.
  if (heardAt !== silence.heardAt) {
    watchSilence(context, connection);
  } else if (silence.intervals === MAX_SILENT_INTERVALS) {
    sendGoodbye(context, connection, "silent");
  } else {
    context.send(connection.id, { type: "ping", id: context.randomWord() >>> 0 });
    awaitFrame(context, connection, heardAt, silence.intervals + 1);
  }
}

function awaitFrame({ timers, options }: Context, connection: Connection, heardAt: number, intervals: number): void {
  connection.silence = { heardAt, intervals };
  timers.set("silence", connection, heardAt + intervals * options.keepAliveSeconds * 1000);
}
