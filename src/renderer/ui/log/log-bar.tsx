/** The bar above a log: which lines are shown, and what can be done with them. */
import { ArrowDownToLine, Download, WrapText } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LogLevel, LogRow } from '../../lib/log/ring.ts';
import { useView } from '../../lib/view-store.ts';
import { Button, type ButtonProps, Chip, CopyButton } from '../buttons.tsx';
import { Badge } from '../display/badge.tsx';
import layout from '../styles/layout.module.css';
import css from './log.module.css';
import { download, plainLine } from './log-text.ts';
import type { LogViewerProps } from './log-viewer-props.ts';

/** Levels as chips, most severe first. */
export const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** `children` is the search. */
export function LogBar({
  view: { name, bar, feed, levels, onLevels, still },
  rows,
  following,
  setFollow,
  children,
}: {
  view: LogViewerProps;
  rows: readonly LogRow[];
  following: boolean;
  setFollow(on: boolean): void;
  children: ReactNode;
}) {
  const wrap = useView((view) => view.wrap);
  const setView = useView((view) => view.set);
  const { dropped } = feed.state();
  return (
    <div className={css.bar}>
      {bar}
      {onLevels === undefined ? null : <Levels levels={levels} onLevels={onLevels} />}
      <span className={layout.grow} />
      {dropped > 0 ? <Badge tone="warn">{dropped} lines dropped</Badge> : null}
      {children}
      <BarButton
        label="Wrap lines"
        icon={<WrapText size={14} />}
        pressed={wrap}
        onClick={() => setView({ wrap: !wrap })}
      />
      <CopyButton label="Copy shown lines" text={() => rows.map(plainLine).join('\n')} />
      <BarButton label="Download shown lines" icon={<Download size={14} />} onClick={() => download(name, rows)} />
      <BarButton
        label={following ? 'Following the end' : 'Follow the end'}
        icon={<ArrowDownToLine size={14} />}
        pressed={following}
        blocked={still}
        onClick={() => {
          if (!following) feed.toEnd();
          setFollow(!following);
        }}
      />
    </div>
  );
}

function Levels({
  levels,
  onLevels,
}: {
  levels: LogLevel[] | undefined;
  onLevels(levels: LogLevel[] | undefined): void;
}) {
  const toggle = (level: LogLevel) => {
    const next = levels?.includes(level) ? levels.filter((item) => item !== level) : [...(levels ?? []), level];
    onLevels(next.length === 0 ? undefined : next);
  };
  return LEVELS.map((level) => (
    <Chip key={level} pressed={levels?.includes(level) ?? false} onClick={() => toggle(level)}>
      {level}
    </Chip>
  ));
}

const BarButton = (props: Pick<ButtonProps, 'icon' | 'pressed' | 'blocked' | 'onClick'> & { label: string }) => (
  <Button small kind="ghost" {...props} />
);
