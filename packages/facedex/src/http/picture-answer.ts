import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Sends a picture, or nothing where the client has it. It is asked for each time, so that a picture of
 * somebody who was deleted is not shown from a cache.
 */
export async function sendPicture(
  request: FastifyRequest,
  reply: FastifyReply,
  picture: {
    /** Names the pixels: the same text, the same picture. */
    readonly etag: string;
    readonly type: string;
    readonly render: () => Promise<Uint8Array>;
    /** Called when it is shown, be it from the client's cache. */
    readonly onShow: () => void;
  },
): Promise<FastifyReply> {
  const etag = `"${picture.etag}"`;
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  const known = request.headers['if-none-match'] ?? '';
  if (known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)) {
    picture.onShow();
    return reply.code(304).send();
  }
  const bytes = Buffer.from(await picture.render());
  picture.onShow();
  return reply.type(picture.type).send(bytes);
}
