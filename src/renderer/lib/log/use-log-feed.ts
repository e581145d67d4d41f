import { useEffect, useMemo } from 'react';
import type { Client } from '../../../contract/client/client-types.ts';
import { useClient } from '../client/context.tsx';
import { createLogFeed, type LogFeed, type LogSource } from './feed.ts';
import type { LogRow } from './ring.ts';

/** Lines that are kept of a log that is not shown. */
const KEPT_LINES = 1_000;
/** Logs of which they are kept. */
const KEPT_LOGS = 10;

/** The ends of logs that were shown: while the host is gone they are what can be shown. */
const kept = new WeakMap<Client, Map<string, readonly LogRow[]>>();

function keep(client: Client, key: string, { ring }: LogFeed): void {
  const logs = kept.get(client) ?? new Map<string, readonly LogRow[]>();
  kept.set(client, logs);
  const from = Math.max(0, ring.length - KEPT_LINES);
  const rows = Array.from({ length: ring.length - from }, (_, index) => ring.at(from + index));
  logs.delete(key);
  logs.set(
    key,
    rows.filter((row) => row !== undefined),
  );
  const [oldest] = logs.keys();
  if (logs.size > KEPT_LOGS && oldest !== undefined) logs.delete(oldest);
}

/**
 * Reads a log for as long as it is shown, again when the host is back.
 * @param key of the log with its filters; another one begins a new feed
 */
export function useLogFeed(key: string, sourceOf: (client: Client) => LogSource): LogFeed {
  const client = useClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what the source depends on.
  const feed = useMemo(
    () => createLogFeed(sourceOf(client), { before: kept.get(client)?.get(key) ?? [] }),
    [client, key],
  );
  useEffect(() => {
    const stop = client.subscribe(() => {
      if (client.status().phase === 'online' && feed.state().error !== null) feed.retry();
    });
    return () => {
      stop();
      keep(client, key, feed);
      feed.stop();
    };
  }, [client, key, feed]);
  return feed;
}
