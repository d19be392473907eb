import type { FastifyInstance } from 'fastify';

/** An answer that is all there is to be taken within so many times the time without progress. */
const WHOLE = 10;

/**
 * Hangs up on clients that don't take their answer: when nothing of it has gone out for `answerMs` (Node looks
 * that often, so that it may be twice as long), or when one that is no stream is still there after ten times
 * that. What the request holds, its place and the memory of its answer, would be held for as long.
 */
export function endStalledAnswers(app: FastifyInstance, answerMs: number): void {
  app.addHook('onRequest', async ({ raw: { socket } }, { raw: answer }) => {
    answer.setTimeout(answerMs, () => {
      // A connection is silent, too, while the server is at work.
      if (socket.writableLength > 0) socket.destroy();
    });
  });
  app.addHook('onSend', async ({ raw: { socket } }, { raw: answer }, payload) => {
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
    // Or it waits behind another that takes long, and is taken.
    const timer = setTimeout(() => socket.destroy(), WHOLE * answerMs).unref();
    answer.once('close', () => clearTimeout(timer));
    return payload;
  });
}
