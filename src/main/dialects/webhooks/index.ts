/** Webhooks over HTTP: the body is what was signed, to the byte, so nothing parses it before its signature is checked. */
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { WEBHOOK_BYTES, WEBHOOK_HEADERS } from '../../../contract/automation/schedule/webhooks.ts';
import { AppError } from '../../../contract/kernel/errors.ts';
import { type Dialect, readBody } from '../../doors/index.ts';

const JSON_TYPE = /^application\/(?:json|[^\s;]+\+json)\s*(?:;|$)/i;

function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body)) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new AppError('invalid-json', 'The body is not valid UTF-8.', { extra: { position: 0 }, cause });
  }
}

export const webhookDialect: Dialect = {
  name: 'webhooks',
  register(app, kit) {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => {
      const { 'content-type': type = '', 'content-length': length = 0 } = request.headers;
      const body = await readBody(payload, Number(length), WEBHOOK_BYTES);
      if (body.length > 0 && !JSON_TYPE.test(type))
        throw new AppError('unsupported-media-type', undefined, { extra: { accepted: ['application/json'] } });
      return body;
    });
    kit.route({
      method: 'POST',
      url: '/v1/hooks/:id',
      operation: 'schedules_deliver',
      async answer({ request, run, json }) {
        // Programs send none. Our own pages have no business here either.
        if (request.headers.origin !== undefined)
          throw new AppError('origin-not-allowed', 'Pages cannot deliver webhooks.');
        const named = WEBHOOK_HEADERS.flatMap((name) => {
          const value = request.headers[name];
          return typeof value === 'string' ? [[name, value] as const] : [];
        });
        const { id } = request.params as { id: string };
        const result = await run({ id, headers: Object.fromEntries(named), body: textOf(request.body) });
        if (result.kind === 'value') json(202, result.value);
      },
    });
  },
};
