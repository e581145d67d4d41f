/** The OpenAPI 3.1 document, built once from the contract when it is first asked for. */
import type { Contract } from '../../../../contract/kernel/define.ts';
import { httpRoutes } from '../pages/routes-list.ts';
import { describeRoute } from './operation.ts';
import { problemResponses } from './problems.ts';
import { createSchemaWriter, type JsonSchema } from './schemas.ts';

/** Builds the document for the address in use. */
export function buildOpenApi(contract: Contract, options: { version: string; url: string }): JsonSchema {
  const schemas = createSchemaWriter();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const tags = new Set<string>();
  for (const route of httpRoutes(contract)) {
    for (const tag of route.operation.tags) tags.add(tag);
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = describeRoute(route, schemas);
    paths[route.path] = path;
  }
  const responses = problemResponses(schemas);
  return {
    openapi: '3.1.0',
    info: {
      title: 'TabAgent API',
      version: options.version,
      summary: 'Control room for browser automation with its own local AI engine.',
      description:
        'Every operation of TabAgent over HTTP. The same operations are offered over WebSocket at `/rpc`. Failures are problem details (RFC 9457).',
      license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
    },
    servers: [{ url: options.url, description: 'This host' }],
    security: [{ bearer: [] }],
    tags: [...tags].sort().map((name) => ({ name, description: `Operations on ${name.replaceAll('_', ' ')}.` })),
    paths,
    components: {
      schemas: schemas.components(),
      responses,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'API key `tak_…`, made in Connections or with `tabagent keys create`; `x-api-key` works too. A signed-in panel sends its session token `tas_…`.',
        },
      },
    },
  };
}
