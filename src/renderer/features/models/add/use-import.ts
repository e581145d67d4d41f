import { useMutation } from '@tanstack/react-query';
import type { Client } from '../../../../contract/client/client-types.ts';
import type { AppError } from '../../../../contract/kernel/errors.ts';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { useClient } from '../../../lib/client/context.tsx';
import type { Input } from '../../../lib/live/query.ts';
import { toast } from '../../../ui/feedback/toast.tsx';

/** Models that are listed before more of them are added. */
const MANY = 200;

/** Ids of the models that are there. */
export async function knownModels(client: Client): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await client.call('models_list', { limit: MANY, ...(cursor === undefined ? {} : { cursor }) });
    for (const { id } of page.items) known.add(id);
    cursor = page.next_cursor;
  }
  return known;
}

/** What became of the models that were to be added. */
export function addedText(items: readonly Pick<InstalledModel, 'id' | 'name'>[], known: ReadonlySet<string>): string {
  const added = items.filter(({ id }) => !known.has(id));
  const [first] = items;
  if (items.length === 1 && first) return `${first.name} ${added.length === 1 ? 'was added' : 'is already there'}`;
  const there = items.length - added.length;
  if (added.length === 0) return `All ${there} models are already there`;
  const said = `${added.length} ${added.length === 1 ? 'model was' : 'models were'} added`;
  return there === 0 ? said : `${said}, ${there} ${there === 1 ? 'is' : 'are'} already there`;
}

/** Adds what is at a path, and says what became of it. @param show shows the first of the models */
export function useImport(on: { show(id: string): void; onDone?(): void; onError?(error: AppError): void }) {
  const client = useClient();
  return useMutation<void, AppError, Input<'models_import'>>({
    async mutationFn(input) {
      const known = await knownModels(client);
      const answer = await client.call('models_import', input);
      on.onDone?.();
      if (!('items' in answer)) return toast('The model is being copied');
      toast(addedText(answer.items, known));
      const [first] = answer.items;
      if (first) on.show(first.id);
    },
    onError: (error) => on.onError?.(error),
  });
}
