/** The tree of attempts and steps with their bars in time. */
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { TaskDetail } from '../../../contract/tasks.ts';
import { duration } from '../../lib/format.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useNow } from '../../lib/use-now.ts';
import { lookOf, StatusIcon } from '../../ui/status.tsx';
import { barOf, momentOf, spanOf, type TreeRow, treeRows } from './step-tree.ts';

const TICKS = [0, 0.5, 1];

/** Props of {@link StepTimeline}. */
export interface StepTimelineProps {
  task: TaskDetail;
  selected: string | null;
  onSelect(row: TreeRow): void;
}

/** See the file's head. */
export function StepTimeline({ task, selected, onSelect }: StepTimelineProps) {
  const tick = useNow();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = treeRows(task, folded);
  const now = momentOf(task, rows, tick);
  const span = spanOf(rows, now);
  const fold = (id: string, on: boolean) =>
    setFolded((old) => (on ? new Set([...old, id]) : new Set([...old].filter((item) => item !== id))));
  useActions([
    {
      id: 'steps.expand',
      title: 'Expand all steps',
      group: 'Task',
      layer: 'detail',
      keys: ['E'],
      run: () => setFolded(new Set()),
    },
    {
      id: 'steps.fold',
      title: 'Collapse all steps',
      group: 'Task',
      layer: 'detail',
      keys: ['W'],
      run: () => setFolded(new Set(rows.map(({ id }) => id))),
    },
  ]);
  const index = rows.findIndex(({ id }) => id === selected);
  const current = rows[index];
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = rows[Math.min(rows.length - 1, Math.max(0, index + step))];
      if (next !== undefined) onSelect(next);
    } else if (event.key === 'ArrowLeft' && current !== undefined) fold(current.id, true);
    else if (event.key === 'ArrowRight' && current !== undefined) fold(current.id, false);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className="tree"
      role="tree"
      aria-label="Steps"
      tabIndex={0}
      aria-activedescendant={selected ?? undefined}
      onKeyDown={onKeyDown}
    >
      <div className="tree-row axis" aria-hidden="true">
        <span>Step</span>
        <span className="ticks">
          {TICKS.map((share) => (
            <span key={share}>{duration(Math.round((span.to - span.from) * share))}</span>
          ))}
        </span>
        <span className="num">Time</span>
      </div>
      {rows.map((row) => {
        const bar = barOf(row, span, now);
        const open = !folded.has(row.id);
        const Twist = open ? ChevronDown : ChevronRight;
        return (
          <div
            key={row.id}
            id={row.id}
            className="tree-row"
            role="treeitem"
            tabIndex={-1}
            aria-level={row.depth + 1}
            aria-selected={row.id === selected}
            aria-expanded={row.hasChildren ? open : undefined}
            onClick={() => onSelect(row)}
            onKeyDown={(event) => event.key === 'Enter' && onSelect(row)}
          >
            <span className="name" style={{ paddingLeft: row.depth * 16 }}>
              {row.hasChildren ? (
                <button
                  type="button"
                  className="twist"
                  tabIndex={-1}
                  aria-label={open ? 'Collapse' : 'Expand'}
                  onClick={() => fold(row.id, open)}
                >
                  <Twist size={14} />
                </button>
              ) : (
                <span className="twist" />
              )}
              <StatusIcon state={row.state} size={13} />
              <span className="clip" title={row.name}>
                {row.name}
              </span>
            </span>
            <span className="track">
              <span
                className={`bar tone-${lookOf(row.state).tone}`}
                style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
              />
            </span>
            <span className="num muted">{duration((row.to ?? now) - row.from)}</span>
          </div>
        );
      })}
    </div>
  );
}
