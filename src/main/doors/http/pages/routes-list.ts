/** Every HTTP route of a contract, aliases included: the one list behind `/v1/routes`, OpenAPI and the server. */
import type { z } from 'zod';
import type { Route } from '../../../../contract/host/system.ts';
import type { Contract, Method, Operation } from '../../../../contract/kernel/define.ts';

/** One address of an operation. */
export interface HttpRoute {
  id: string;
  operation: Operation;
  method: Method;
  /** With `{name}` parameters. */
  path: string;
  /** Number of the alias from 1; 0 for the address of the operation itself. */
  alias: number;
}

/** Routes in the order of the contract, each operation's own address before its aliases. */
export function httpRoutes(contract: Contract): HttpRoute[] {
  return Object.entries(contract).flatMap(([id, operation]) => {
    const { http } = operation;
    if (http === null) return [];
    return [http, ...(http.aliases ?? [])].map(({ method, path }, alias) => ({ id, operation, method, path, alias }));
  });
}

/** What `routes` answers. */
export function listRoutes(contract: Contract, tag?: string): { routes: z.infer<typeof Route>[]; total: number } {
  const routes = httpRoutes(contract)
    .filter(({ operation }) => tag === undefined || operation.tags.includes(tag))
    .map(({ id, operation, method, path, alias }) => ({
      id,
      path,
      method,
      tags: [...operation.tags],
      description: operation.summary,
      openai_compatible: operation.openai,
      idempotent: operation.idempotent,
      requires_auth: !operation.anonymous,
      scope: operation.anonymous ? null : operation.scope,
      area: operation.area,
      rate_limit_tier: operation.tier,
      stream: operation.stream,
      job: operation.job,
      alias_of: alias === 0 ? null : (operation.http?.path ?? null),
    }));
  return { routes, total: routes.length };
}
