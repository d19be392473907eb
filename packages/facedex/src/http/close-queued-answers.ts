import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Of a connection that closes, Node tells only the answer that is being written. Those that wait behind it,
 * as a client may send many requests without awaiting one, are told here, so that what they hold is let go.
 * To be called before other hooks are added.
 */
export function closeQueuedAnswers(app: FastifyInstance): void {
  const answersOf = new WeakMap<Socket, Set<ServerResponse>>();
  app.addHook('onRequest', async ({ raw: { socket } }, { raw: answer }) => {
    const answers = answersOf.get(socket) ?? new Set();
    if (!answersOf.has(socket)) {
      answersOf.set(socket, answers);
      socket.once('close', () => {
        for (const waiting of answers) if (waiting.socket === null) close(waiting);
      });
    }
    answers.add(answer);
    answer.once('close', () => answers.delete(answer));
  });
}

/** As Node does with the one that is being written. */
function close(answer: ServerResponse): void {
  answer.destroy();
  answer.emit('close');
}
