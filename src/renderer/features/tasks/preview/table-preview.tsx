import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { bytes, count, plural } from '../../../lib/format.ts';
import { parseOnce } from '../../../lib/parser/parser.ts';
import text from '../../../ui/styles/text.module.css';
import { PlainTable } from '../../../ui/table/plain-table.tsx';
import { sourceOf } from './artifact-bytes.ts';
import { type PackedTable, rowOf } from './parse/parse-table.ts';
import css from './preview.module.css';
import { PreviewState } from './preview-state.tsx';
import { useLoaded } from './use-loaded.ts';

/** So many columns share the width of the dialog; more of them get a width of their own and scroll. */
const SHARED = 8;
const COLUMN_PX = 160;
/** Characters of a cell that can have room, in a narrow column and in a wide one; the browser would lay out all it is given. */
const NARROW_CHARS = 32;
const WIDE_CHARS = 250;

/** CSV or TSV as a table; only the rows in view are drawn. */
export function TablePreview({ artifact }: { artifact: Artifact }) {
  const loaded = useLoaded(artifact, 'table', (signal) => {
    const worker = new Worker(new URL('./parse/table.worker.ts', import.meta.url), { type: 'module' });
    return parseOnce<null, PackedTable>(worker, sourceOf(artifact), null, signal);
  });
  return (
    <PreviewState of={loaded}>
      {(table) => (
        <>
          <p className={`${text.muted} ${text.small}`}>
            {plural(table.rows, 'row')}, {plural(table.columns.length, 'column')}
            {table.cut ? `. The file of ${bytes(artifact.bytes)} has more: download it to see all` : ''}
          </p>
          <div className={css.table}>
            <PlainTable
              label="Content"
              columns={[
                { title: '#', width: 64, numeric: true },
                ...table.columns.map((title) =>
                  table.columns.length > SHARED ? { title, width: COLUMN_PX } : { title },
                ),
              ]}
              count={table.rows}
              row={(index) => (
                <tr key={index} aria-rowindex={index + 2}>
                  <td className={`${text.num} ${text.faint}`}>{count(index + 1)}</td>
                  {rowOf(table, index).map((cell, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: The columns of a file never change.
                    <td key={column} title={cell}>
                      {cell.slice(0, table.columns.length > SHARED ? NARROW_CHARS : WIDE_CHARS)}
                    </td>
                  ))}
                </tr>
              )}
            />
          </div>
        </>
      )}
    </PreviewState>
  );
}
