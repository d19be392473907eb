import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Admission } from './admission.js';

/** Seconds: from a search in memory to an upload of a large photo. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What Prometheus is told: times by route, what is under way, the process. Nothing of whom. */
export class Metrics {
  readonly #registry = new Registry();
  readonly contentType = this.#registry.contentType;

  constructor(app: FastifyInstance, admission: Admission) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    const duration = new Histogram({
      name: 'facedex_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    });
    new Gauge({
      name: 'facedex_http_requests_under_way',
      help: 'Requests that are being answered.',
      labelNames: ['kind'],
      registers,
      collect() {
        for (const [kind, count] of Object.entries(admission.counts)) this.set({ kind }, count);
      },
    });
    new Counter({
      name: 'facedex_http_requests_turned_away_total',
      help: 'Requests that came while too many were being answered.',
      registers,
      collect() {
        this.reset();
        this.inc(admission.turnedAway);
      },
    });
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      const labels = { method: request.method, route, status: String(reply.statusCode) };
      duration.observe(labels, reply.elapsedTime / 1000);
    });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
