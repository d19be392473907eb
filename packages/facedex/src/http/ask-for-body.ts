import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Asks clients that wait for it (`Expect: 100-continue`) for the body of their request when somebody reads it.
 * Node would ask for that of every request, also where it is refused.
 */
export function askForBody(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, answer: ServerResponse) => {
    // Also what is left of a body is read, after the answer, to drop it.
    request.once('resume', () => {
      if (!answer.headersSent) answer.writeContinue();
    });
    server.emit('request', request, answer);
  });
}
