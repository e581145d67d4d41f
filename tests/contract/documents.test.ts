/** What the doors say about themselves: OpenAPI, /v1/routes, metrics, and the pages, which work offline. */
import fs from 'node:fs';
import path from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/contract/host/system.ts';
import { contract } from '../../src/contract/index.ts';
import { httpRoutes } from '../../src/main/doors/http/pages/routes-list.ts';
import { openTestDoors, type TestDoors } from '../support/doors.ts';

let subject: TestDoors;
let key: string;

beforeAll(async () => {
  subject = await openTestDoors();
  key = subject.key('read', ['host']);
});
afterAll(() => subject[Symbol.asyncDispose]());

const get = (address: string, headers: Record<string, string> = {}) =>
  fetch(subject.url + address, { headers, redirect: 'manual' });

interface Document {
  openapi: string;
  info: { title: string; version: string };
  servers: { url: string }[];
  paths: Record<
    string,
    Record<string, { operationId: string; deprecated?: boolean; responses: Record<string, unknown> }>
  >;
}
const openApi = async () => (await (await get('/openapi.json')).json()) as Document;

describe('OpenAPI', () => {
  // Catches a document that generators and explorers cannot read.
  test('passes the specification and the recommended rules', async () => {
    const source = await (await get('/api-doc/openapi.json')).text();
    const config = await createConfig({
      extends: ['spec', 'recommended'],
      rules: {
        // The server of a localhost product is localhost.
        'no-server-example.com': 'off',
        // `/v1/commands/{id}/dry_run` and `/v1/commands/dry_run` differ in length; fixed names such as `bulk` are never ids.
        'no-ambiguous-paths': 'off',
      },
    });
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
    expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`)).toEqual(
      [],
    );
  });

  test('is 3.1, names the address in use, and has an example of each problem', async () => {
    const document = await openApi();
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'TabAgent API' },
      servers: [{ url: subject.url }],
    });
    expect(document.paths['/v1/tasks']?.post?.responses).toHaveProperty('429');
  });

  // Catches an operation that one of the three forgot.
  test('lists what /v1/routes and the contract list', async () => {
    const document = await openApi();
    const inDocument = Object.entries(document.paths).flatMap(([address, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${method.toUpperCase()} ${address} ${operationId}`),
    );
    const { routes, total } = (await (await get('/v1/routes')).json()) as {
      routes: (typeof Route)['_output'][];
      total: number;
    };
    const inContract = httpRoutes(contract);
    const idOf = (id: string, alias: number) => (alias === 0 ? id : `${id}_alias_${alias}`);
    expect(inDocument.sort()).toEqual(
      inContract.map((one) => `${one.method} ${one.path} ${idOf(one.id, one.alias)}`).sort(),
    );
    expect(routes.map((one) => `${one.method} ${one.path} ${one.id}`)).toEqual(
      inContract.map((one) => `${one.method} ${one.path} ${one.id}`),
    );
    expect(total).toBe(inContract.length);
  });
});

describe('metrics', () => {
  test('need a key and count calls without ids in labels', async () => {
    expect((await get('/metrics')).status).toBe(401);
    await get('/v1/tasks', { 'x-api-key': key });
    const response = await get('/metrics', { 'x-api-key': key });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toContain('tabagent_requests_total{op="tasks_list",door="http",status="403"} 1');
    expect(text).toMatch(
      /tabagent_request_duration_seconds_bucket\{le="\+Inf",op="tasks_list",door="http",status="403"\} 1/,
    );
    for (const line of [
      'tabagent_tasks_total{status="succeeded",kind="http"} 3',
      'tabagent_queue_depth{priority="normal"} 2',
      'tabagent_profiles_running 1',
      'tabagent_log_dropped_total 0',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toMatch(/(prf|tsk|key|cmd)_[0-9a-z]{26}/);
  });
});

describe('pages', () => {
  test.each([
    ['/', '/panel/'],
    ['/panel', '/panel/'],
    ['/redoc', '/docs/'],
    ['/rapidoc/', '/docs/'],
  ])('%s leads to %s', async (from, to) => {
    const response = await get(from);
    expect([response.status, response.headers.get('location')]).toEqual([302, to]);
  });

  // Catches an explorer that would load something from a CDN, or run inline script.
  test.each(['/swagger-ui/', '/docs/'])('%s is bundled, offline and under a strict policy', async (address) => {
    const response = await get(address);
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self';");
    const html = await response.text();
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script>|\son\w+=/);
    for (const [, file = ''] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await get(file);
      expect([file, asset.status]).toEqual([file, 200]);
      await asset.body?.cancel();
    }
  });

  test('leave nothing of the disk outside their folder readable', async () => {
    fs.writeFileSync(path.join(subject.core.dir, 'secret.txt'), 'secret');
    for (const address of [
      '/panel/..%2f..%2fpackage.json',
      '/panel/%2e%2e/%2e%2e/package.json',
      '/docs/..%2f..%2f..%2fpackage.json',
      '/panel/a%00.js',
    ]) {
      const response = await get(address);
      expect([address, response.status === 404 || response.status === 400]).toEqual([address, true]);
      await response.body?.cancel();
    }
  });

  test('disappear with docs_enabled=false; /v1/routes stays', async () => {
    subject.core.settings.update({ docs_enabled: false });
    for (const address of ['/swagger-ui/', '/docs/', '/redoc', '/openapi.json', '/swagger-ui/swagger-ui.css']) {
      const response = await get(address);
      expect([address, response.status]).toEqual([address, 404]);
      expect(response.headers.get('content-type')).toContain('problem+json');
    }
    expect((await get('/v1/routes')).status).toBe(200);
    subject.core.settings.update({ docs_enabled: null });
  });
});
