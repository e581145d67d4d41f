/** What has been typed and not been saved, above the library: drafts of new commands, and stored commands that no loaded page shows. */
import { Link } from '@tanstack/react-router';
import { PencilLine } from 'lucide-react';
import type { Command } from '../../../../contract/automation/commands.ts';
import { COMMAND_KINDS, commandKinds } from '../../../../contract/automation/kinds/index.ts';
import { CommandId } from '../../../../contract/kernel/scalars.ts';
import { useDrafts } from '../../../lib/drafts/drafts.ts';
import { listProps } from '../../../lib/keys/focus-list.ts';
import { usePages } from '../../../lib/live/query.ts';
import { listOf } from '../../../lib/search-params.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { isNewKey } from '../draft.ts';
import { kindViews } from '../kinds/index.ts';
import { DEFAULT_TEMPLATE } from '../templates.ts';
import { isUnsaved } from './is-unsaved.ts';
import css from './library.module.css';
import { Unsaved } from './unsaved.tsx';

interface Item {
  /** Of the draft, or id of the command. */
  key: string;
  name: string;
  kind: Command['kind'];
  what: string;
}

/** Stored commands with unsaved changes that are not among `rows`. */
function useBeyond(rows: readonly Command[]): readonly Command[] {
  const entries = useDrafts((state) => state.entries);
  const shown = new Set<string>(rows.map(({ id }) => id));
  const ids = Object.entries(entries)
    .filter(([key, entry]) => !shown.has(key) && isUnsaved(entry))
    .flatMap(([key]) => CommandId.safeParse(key).data ?? []);
  const list = usePages('commands_list', { id: ids, sort: 'name' }, { enabled: ids.length > 0 });
  return ids.length === 0 ? [] : list.rows.filter(({ id }) => ids.includes(id));
}

/** @param props.rows what the library shows */
export function UnsavedList({ rows, current }: { rows: readonly Command[]; current: string | null }) {
  const entries = useDrafts((state) => state.entries);
  const [search] = useFilters();
  const beyond = useBeyond(rows);
  const items: Item[] = [
    ...Object.entries(entries)
      .filter(([key]) => isNewKey(key))
      .map(([key, { edits }]) => ({
        key,
        name: String(edits.name) || 'Unnamed',
        kind: listOf(String(edits.kind), COMMAND_KINDS)?.[0] ?? DEFAULT_TEMPLATE.kind,
        what: 'Not saved yet',
      })),
    ...beyond.map(({ id, name, kind }) => ({ key: id, name, kind, what: 'Unsaved changes' })),
  ];
  if (items.length === 0) return null;
  return (
    <section className={css.drafts} aria-label="Drafts">
      <h2 className={css.folder}>
        <PencilLine size={12} />
        Drafts
      </h2>
      <ul className={layout.bare}>
        {items.map(({ key, name, kind, what }) => {
          const { Icon } = kindViews[kind];
          return (
            <li key={key}>
              <Link
                to="/commands/$id"
                params={{ id: key }}
                search={search}
                className={css.item}
                aria-current={key === current ? 'page' : undefined}
                {...(key === current ? listProps : {})}
              >
                <Icon size={14} className={text.muted} aria-label={commandKinds[kind].title} />
                <span className={`${layout.grow} ${text.clip}`}>{name}</span>
                <Unsaved what={what} />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
