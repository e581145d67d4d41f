/** The OpenAPI document at its address. */
import type { FastifyInstance } from 'fastify';
import type { Contract } from '../../../../contract/kernel/define.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import { addGet } from '../pages/get.ts';
import { sendJson } from '../reply/answer.ts';
import type { NotFound } from '../reply/not-found.ts';

const PATH = '/api-doc/openapi.json';

/** Adds the document; it is made with the first request for it. */
export function addDocument(
  app: FastifyInstance,
  deps: { contract: Contract; settings: SettingsReader; notFound: NotFound; version: string; url: () => string },
): void {
  const { contract, settings, notFound, version, url } = deps;
  let document: unknown;
  addGet(app, PATH, async (exchange) => {
    if (!settings.get('docs_enabled')) throw notFound('GET', PATH);
    const { buildOpenApi } = await import('./index.ts');
    document ??= buildOpenApi(contract, { version, url: url() });
    sendJson(exchange, 200, [], document);
  });
}
