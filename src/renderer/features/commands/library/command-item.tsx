import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import { commandKinds } from '../../../../contract/automation/kinds/index.ts';
import { useDrafts } from '../../../lib/drafts/drafts.ts';
import { listProps } from '../../../lib/keys/focus-list.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { LastOutcome } from '../../../ui/display/status.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { kindViews } from '../kinds/index.ts';
import { isUnsaved } from './is-unsaved.ts';
import css from './library.module.css';
import { Unsaved } from './unsaved.tsx';

/** A command of the library. `range`: every command from the one that was ticked before. */
export function CommandItem({
  command,
  active,
  ticked,
  onTick,
}: {
  command: Command;
  active: boolean;
  ticked: boolean;
  onTick(on: boolean, range: boolean): void;
}) {
  const [search] = useFilters();
  const changed = useDrafts(({ entries: { [command.id]: entry } }) => entry !== undefined && isUnsaved(entry));
  const { Icon } = kindViews[command.kind];
  const item = useRef<HTMLLIElement>(null);
  // One that was opened from elsewhere may be far down. With the frame, whose layout it needs: any earlier, there would be one more.
  useEffect(() => {
    if (!active) return;
    const asked = requestAnimationFrame(() => item.current?.scrollIntoView({ block: 'nearest' }));
    return () => cancelAnimationFrame(asked);
  }, [active]);
  return (
    <li ref={item} className={css.row} aria-current={active ? 'true' : undefined}>
      <input
        type="checkbox"
        className={css.tick}
        aria-label={`Select ${command.name}`}
        checked={ticked}
        onChange={({ target, nativeEvent }) => onTick(target.checked, (nativeEvent as MouseEvent).shiftKey)}
      />
      <Link
        to="/commands/$id"
        params={{ id: command.id }}
        search={search}
        className={css.item}
        aria-current={active ? 'page' : undefined}
        {...(active ? listProps : {})}
      >
        <Icon size={14} className={text.muted} aria-label={commandKinds[command.kind].title} />
        <span className={command.enabled ? `${layout.grow} ${text.clip}` : `${layout.grow} ${text.clip} ${text.faint}`}>
          {command.name}
        </span>
        {changed ? <Unsaved what="Unsaved changes" /> : null}
        {command.last_task === null ? null : <LastOutcome task={command.last_task} />}
      </Link>
    </li>
  );
}
