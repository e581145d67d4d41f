/** The models on this machine. */
import { Boxes } from 'lucide-react';
import type { ModelId } from '../../../../contract/kernel/scalars.ts';
import { type InstalledModel, MODEL_TYPES } from '../../../../contract/models/models.ts';
import { type Input, useOperationQuery, usePages } from '../../../lib/live/query.ts';
import { listOf, type Search, toggled } from '../../../lib/search-params.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button, Chip } from '../../../ui/buttons.tsx';
import { EmptyState } from '../../../ui/feedback/state-frame.tsx';
import { FilterField } from '../../../ui/form/filter-field.tsx';
import { Inspected } from '../../../ui/list/inspected.tsx';
import { ListTable } from '../../../ui/list/list-table.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { ColumnsMenu } from '../../../ui/table/columns/columns-menu.tsx';
import { useLoading } from '../use-loading.ts';
import { TYPE_WORDS } from '../words.ts';
import { BuiltIn } from './built-in.tsx';
import { modelColumns } from './columns.tsx';
import { ModelInspector } from './model-inspector.tsx';
import { ModelMenu } from './model-menu.tsx';

const SHOWN_TYPES = ['chat', 'embedding', 'rerank', 'ner', 'classification'] as const;
/** Free memory has no events; while the list is shown it is asked for now and then. */
const FIT_EVERY_MS = 15_000;

const titleOf = (model: InstalledModel) => model.name;

const filterOf = (search: Search) => {
  const types = listOf(search.type, MODEL_TYPES);
  return {
    sort: search.sort ?? 'name',
    ...(types === undefined ? {} : { type: types }),
    ...(search.q === undefined ? {} : { q: search.q }),
  } as Input<'models_list'>;
};

export function InstalledTab({
  search,
  set,
  add,
}: {
  search: Search;
  set(patch: Record<string, string | undefined>): void;
  add(): void;
}) {
  const filter = filterOf(search);
  const list = usePages('models_list', filter);
  const fits = useOperationQuery('models_fits', {}, { refetchInterval: FIT_EVERY_MS, refetchOnFocus: true });
  const loading = useLoading();
  const byId = new Map(fits.data?.items.map(({ id, fit }) => [id as string, fit]));
  const columns = modelColumns((id) => byId.get(id), loading);
  const isFiltered = search.q !== undefined || listOf(search.type, MODEL_TYPES) !== undefined;
  const table = (
    <ListTable
      name="models"
      label="Models"
      titleOf={titleOf}
      columns={columns}
      sort={filter.sort}
      {...{ list, filter, search, set }}
      filters={['q', 'type']}
      isFiltered={isFiltered}
      menu={(model) => <ModelMenu model={model} gone={() => set({ peek: undefined })} />}
      skeleton={8}
      empty={<NoModels add={add} />}
    />
  );
  return (
    <>
      <ToolBar>
        <FilterField value={search.q} onChange={(q) => set({ q })} placeholder="Filter models" />
        <TypeChips type={search.type} set={(type) => set({ type })} />
        <span className={layout.grow} />
        <ColumnsMenu name="models" columns={columns} />
      </ToolBar>
      <BuiltIn />
      <Inspected
        name="model-inspector"
        wide
        list={table}
        inspector={
          search.peek === undefined ? null : (
            <ModelInspector
              key={search.peek}
              id={search.peek as ModelId}
              listed={list.rows.find(({ id }) => id === search.peek)}
              fit={byId.get(search.peek)}
              close={() => set({ peek: undefined })}
            />
          )
        }
      />
    </>
  );
}

function TypeChips({ type, set }: { type: string | undefined; set(type: string | undefined): void }) {
  const pressed = listOf(type, MODEL_TYPES);
  return SHOWN_TYPES.map((one) => (
    <Chip key={one} pressed={pressed?.includes(one) ?? false} onClick={() => set(toggled(type, one))}>
      {TYPE_WORDS[one]}
    </Chip>
  ));
}

function NoModels({ add }: { add(): void }) {
  const noImport = useCan('models_import');
  return (
    <EmptyState
      icon={<Boxes size={24} />}
      title="No models yet"
      help="models"
      action={
        <Button kind="primary" action="models.add" showKey blocked={noImport} onClick={add}>
          Add a model
        </Button>
      }
    >
      Drop a GGUF file here, add one that another program has, or download one.
    </EmptyState>
  );
}
