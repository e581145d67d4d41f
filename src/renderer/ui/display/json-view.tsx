import type { Json } from '../../../contract/kernel/scalars.ts';
import { stripAnsi } from '../../lib/log/ansi.ts';
import { CopyButton } from '../buttons.tsx';

function Scalar({ value }: { value: string | number | boolean | null }) {
  if (typeof value === 'string') return <span className="s">{JSON.stringify(value)}</span>;
  if (typeof value === 'number') return <span className="n">{value}</span>;
  return <span className="b">{String(value)}</span>;
}

function Node({ name, value, depth }: { name: string | null; value: Json; depth: number }) {
  const label = name === null ? null : <span className="k">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <>
        {label}
        <Scalar value={value} />
      </>
    );
  }
  const entries: [string, Json][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <>
        {label}
        <span className="o">
          {open}
          {close}
        </span>
      </>
    );
  }
  return (
    <details open={depth < 3 && entries.length <= 100}>
      <summary>
        {label}
        <span className="o">
          {open} {entries.length} {close}
        </span>
      </summary>
      <ul>
        {entries.map(([key, item]) => (
          <li key={key}>
            <Node name={key} value={item} depth={depth + 1} />
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A JSON value as a tree that folds, with a button that copies it. */
export function JsonView({ value, label }: { value: Json; label: string }) {
  const text = typeof value === 'string' ? stripAnsi(value) : null;
  return (
    <div className="json" style={{ position: 'relative' }}>
      <div style={{ position: 'absolute', top: 4, right: 4 }}>
        <CopyButton label={`Copy ${label}`} text={() => text ?? JSON.stringify(value, null, 2)} />
      </div>
      {text?.includes('\n') ? <div className="text">{text}</div> : <Node name={null} value={value} depth={0} />}
    </div>
  );
}
