import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Job, Jobs } from './jobs.js';

/** Proxies hang up on connections that are silent for longer. */
const PING_MS = 15_000;

/** Tells of a job as server-sent events, until it has ended. */
export function sendJobEvents(jobs: Jobs, id: string, reply: FastifyReply): FastifyReply {
  const events = new PassThrough();
  const tell = (job: Job) => {
    events.write(`event: job\ndata: ${JSON.stringify(job)}\n\n`);
    if (job.finishedAt === null) return;
    events.end();
    // A client that is slow to take what there is would lose it for what comes after the end.
    leave();
  };
  const stop = jobs.watch(id, tell);
  const ping = setInterval(() => events.write(': ping\n\n'), PING_MS).unref();
  const leave = () => {
    stop();
    clearInterval(ping);
  };
  events.on('close', leave);
  tell(jobs.get(id));
  return reply
    .type('text/event-stream')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(events);
}
