/** 404 with a guess and 405 with the methods that would do. */
import type { Contract, Method } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { closest, hint } from '../../dispatch/resolve.ts';
import { httpRoutes } from '../pages/routes-list.ts';

/** Says what is wrong with a request that no route takes. */
export type NotFound = (method: string, path: string) => AppError;

/** The routes are those of the contract; they are read with the first request that none of them takes. */
export function createNotFound(contract: Contract): NotFound {
  let patterns: { pattern: RegExp; path: string; methods: Set<Method | 'HEAD'> }[] | undefined;

  function read() {
    const byPath = new Map<string, Set<Method | 'HEAD'>>();
    for (const { path, method } of httpRoutes(contract)) {
      const methods = byPath.get(path) ?? new Set();
      methods.add(method);
      if (method === 'GET') methods.add('HEAD');
      byPath.set(path, methods);
    }
    return [...byPath].map(([path, methods]) => ({
      path,
      methods,
      pattern: new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  return (method, path) => {
    patterns ??= read();
    const here = patterns.filter(({ pattern }) => pattern.test(path));
    if (here.length > 0) {
      const allowed = [...new Set(here.flatMap(({ methods }) => [...methods]))];
      return new AppError('method-not-allowed', `${method} is not possible here; use ${allowed.join(', ')}.`, {
        extra: { allowed },
      });
    }
    const shown = path.slice(0, 200);
    const guess = closest(shown, [...new Set(patterns.map((known) => known.path))]);
    return new AppError('route-not-found', `There is no route ${method} ${shown}.${hint(guess)}`, {
      extra: { route: `${method} ${shown}`, did_you_mean: guess ?? null },
    });
  };
}
