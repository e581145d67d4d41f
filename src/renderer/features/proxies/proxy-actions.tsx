import { useRef } from 'react';
import type { ProxyServer } from '../../../contract/automation/proxies.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { useClient } from '../../lib/client/context.tsx';
import { duration, plural } from '../../lib/format.ts';
import { asError, type Input, useAct } from '../../lib/live/query.ts';
import { useBulk } from '../../ui/bulk/use-bulk.ts';
import { errorToast, toast, undoToast } from '../../ui/feedback/toast.tsx';
import type { Chosen } from '../../ui/table/navigation/use-selection.ts';

/** A proxy, and what messages call it. */
type Named = Pick<ProxyServer, 'id' | 'name'>;

/** Calls that act on proxies, with their notifications. */
export function useProxyActions() {
  const client = useClient();
  // The messages may come when the list shows something else.
  const names = useRef(new Map<string, string>());
  const nameOf = (id: string) => names.current.get(id) ?? 'The proxy';
  const failed = (what: string) => (error: unknown) => errorToast(what, asError(error));
  const check = useAct('proxies_check', {
    onDone: ({ ok, latency_ms, message }, { id }) =>
      toast(ok ? `“${nameOf(id)}” answered in ${duration(latency_ms)}` : `“${nameOf(id)}”: ${message ?? 'failed'}`),
    onError: (error, { id }) => errorToast(`Could not check “${nameOf(id)}”`, error),
  });
  const rotate = useAct('proxies_rotate', {
    onDone: ({ name, exit_ip }) =>
      toast(exit_ip === null ? `“${name}” changed` : `“${name}” now goes out from ${exit_ip}`),
    onError: (error, { id }) => errorToast(`Could not change the exit of “${nameOf(id)}”`, error),
  });
  const remove = async (proxy: ProxyServer, done: () => void, force = false): Promise<void> => {
    try {
      await client.call('proxies_delete', { id: proxy.id, force });
      done();
      undoToast(`“${proxy.name}” deleted`, () =>
        client.call('proxies_restore', { id: proxy.id }).catch(failed(`Could not restore “${proxy.name}”`)),
      );
    } catch (thrown) {
      const error = asError(thrown);
      const isUsed = error.slug === 'conflict';
      const anyway = { label: 'Delete anyway', act: () => void remove(proxy, done, true) };
      errorToast(`Could not delete “${proxy.name}”`, error, isUsed ? anyway : undefined);
    }
  };
  return {
    busy: check.isPending,
    rotating: rotate.isPending,
    rotate({ id, name }: Named) {
      names.current.set(id, name);
      rotate.mutate({ id });
    },
    check({ id, name }: Named) {
      names.current.set(id, name);
      check.mutate({ id });
    },
    remove,
  };
}

/** Checks of every proxy. */
export function useCheckAll() {
  const all = useAct('proxies_check_all', {
    onDone: (answer) => {
      if (!('job_id' in answer)) toast(`${plural(answer.ok, 'proxy', 'proxies')} OK, ${answer.failed} failed`);
    },
    onError: (error) => errorToast('Could not check the proxies', error),
  });
  return {
    busy: all.isPending,
    job: all.data && 'job_id' in all.data ? all.data.job_id : null,
    run: () => all.mutate({}),
  };
}

/** Verbs on many proxies of a list; `list` is its input. */
export function useProxiesBulk(list: Input<'proxies_list'>) {
  const bulk = useBulk('proxies_bulk', list);
  return {
    busy: bulk.busy,
    words: bulk.words,
    check: (chosen: Chosen, then: () => void) =>
      bulk.run(chosen, { action: 'check', done: 'checked', doing: 'Checking' }, then),
    change: (chosen: Chosen, input: JsonObject, then: () => void) =>
      bulk.run(chosen, { action: 'update', input, done: 'changed', doing: 'Changing' }, then),
    remove: (chosen: Chosen, then: () => void) =>
      bulk.run(chosen, { action: 'delete', done: 'deleted', doing: 'Deleting', undo: 'restore' }, then),
  };
}
