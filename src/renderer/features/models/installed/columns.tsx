import type { SortOf } from '../../../../contract/kernel/sorts.ts';
import type { InstalledModel, ModelFit, modelRecord } from '../../../../contract/models/models.ts';
import { bytes, count } from '../../../lib/format.ts';
import { Tag } from '../../../ui/display/badge.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Column } from '../../../ui/table/columns/columns.ts';
import css from '../models.module.css';
import type { Loading } from '../use-loading.ts';
import { parameters, TYPE_WORDS } from '../words.ts';
import { FitBadge } from './fit-badge.tsx';
import { SelfCheckBadge } from './self-check.tsx';

const ownerOf = ({ repo }: InstalledModel): string => repo.slice(0, Math.max(0, repo.indexOf('/')));

/** Columns of the list. @param fitOf whether a model fits, once that is known. @param loading whether it is in memory, or on its way there */
export const modelColumns = (
  fitOf: (id: string) => ModelFit | undefined,
  { isLoaded, loadOf }: Pick<Loading, 'isLoaded' | 'loadOf'>,
): readonly Column<InstalledModel, SortOf<typeof modelRecord>>[] => [
  {
    id: 'name',
    title: 'Name',
    sort: 'name',
    fixed: true,
    cell: (model) => (
      <span className={`${layout.row} ${layout.fits}`}>
        <span className={`${text.clip} ${css.name}`} title={model.repo}>
          {model.name}
        </span>
        {model.variant === null ? null : <Tag>{model.variant}</Tag>}
        {model.selected ? <Tag title="Requests that name no model use it">Default</Tag> : null}
        <SelfCheckBadge model={model} />
        {/* Models of the same name are told apart by whose they are. */}
        <span className={text.faint}>{ownerOf(model)}</span>
      </span>
    ),
  },
  {
    id: 'fit',
    title: 'State',
    width: 140,
    fixed: true,
    unsorted: 'Not sortable: it follows from the memory that is free at this moment',
    cell: (model) => (
      <FitBadge plain model={model} fit={fitOf(model.id)} loaded={isLoaded(model)} load={loadOf(model)} />
    ),
  },
  {
    id: 'type',
    drop: 2,
    title: 'Type',
    width: 104,
    sort: 'type',
    cell: (model) => <span className={text.muted}>{TYPE_WORDS[model.type]}</span>,
  },
  {
    id: 'parameters',
    drop: 4,
    title: 'Parameters',
    width: 92,
    num: true,
    sort: 'parameters',
    cell: (model) => parameters(model.parameters),
  },
  {
    id: 'context',
    drop: 3,
    title: 'Context',
    width: 84,
    num: true,
    sort: 'context_length',
    cell: (model) => (model.context_length === null ? '–' : count(model.context_length)),
  },
  {
    id: 'format',
    drop: 5,
    title: 'Format',
    width: 76,
    sort: 'format',
    cell: (model) => <span className={text.muted}>{model.format.toUpperCase()}</span>,
  },
  { id: 'size', drop: 1, title: 'Size', width: 84, num: true, sort: 'bytes', cell: (model) => bytes(model.bytes) },
];
